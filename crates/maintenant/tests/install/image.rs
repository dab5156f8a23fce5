//! What `hack/image` packs: the image of `deploy/image/Dockerfile`, and nothing of the machine that packs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

/// `e_machine` of x86-64 and of `AArch64` (ELF specification).
const X86_64: u8 = 62;
const AARCH64: u8 = 183;
/// Why set-up can't fail
const OWN: &str = "the directory is the test's own, and the tools are there";

#[test]
fn it_holds_the_binary_the_authorities_the_user_and_the_directory_of_the_history() {
    let place = Place::new(X86_64);
    let image = Image::of(&place.pack("image.tar", "022"), &place);
    assert_eq!(
        image.listing(),
        [
            "drwxr-xr-x 65534/65534 data/",
            "drwxr-xr-x 0/0 etc/",
            "-rw-r--r-- 0/0 etc/passwd",
            "drwxr-xr-x 0/0 etc/ssl/",
            "drwxr-xr-x 0/0 etc/ssl/certs/",
            "-rw-r--r-- 0/0 etc/ssl/certs/ca-certificates.crt",
            "-rwxr-xr-x 0/0 maintenant",
        ]
    );
    let passwd = image.file("etc/passwd");
    assert!(passwd.lines().eq(["maintenant:x:65534:65534:maintenant:/data:/sbin/nologin"]), "{passwd}");
    assert_eq!(image.file("etc/ssl/certs/ca-certificates.crt"), "the authorities");
}

#[test]
fn it_starts_the_binary_as_nobody_on_a_port_that_can_be_reached() {
    let place = Place::new(X86_64);
    let image = Image::of(&place.pack("image.tar", "022"), &place);
    let config = &image.config["config"];
    assert_eq!(config["User"], "65534:65534");
    assert_eq!(config["Entrypoint"], json!(["/maintenant"]));
    assert_eq!(config["Env"], json!(["MAINTENANT_ADDR=0.0.0.0:8080", "MAINTENANT_DB=/data/maintenant.db"]));
    assert_eq!(config["ExposedPorts"], json!({"8080/tcp": {}}));
    assert_eq!(config["Labels"]["org.opencontainers.image.version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(image.config["os"], "linux");
}

#[rstest]
#[case(X86_64, "amd64")]
#[case(AARCH64, "arm64")]
fn its_architecture_is_that_of_the_binary(#[case] machine: u8, #[case] architecture: &str) {
    let place = Place::new(machine);
    let image = Image::of(&place.pack("image.tar", "022"), &place);
    assert_eq!(image.config["architecture"], architecture);
    assert_eq!(image.index["manifests"][0]["platform"]["architecture"], architecture);
}

#[test]
fn the_same_input_gives_the_same_image_whoever_packs_it_and_when() {
    let (one, other) = (Place::new(X86_64), Place::new(X86_64));
    let (first, second) = (one.pack("image.tar", "022"), other.pack("another.tar", "077"));
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap());
    std::fs::write(&other.authorities, "others").unwrap();
    let third = other.pack("third.tar", "022");
    assert_ne!(std::fs::read(&first).unwrap(), std::fs::read(&third).unwrap());
}

#[rstest]
#[case::not_static(&["--binary", env!("CARGO_BIN_EXE_maintenant")], "is not static")]
#[case::no_binary(&["--binary", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], "is no 64-bit little-endian Linux binary")]
#[case::absent(&["--binary", "/nowhere/maintenant"], "/nowhere/maintenant is not there; make build makes it")]
#[case::no_tag(&["--name", "maintenant"], "--name maintenant has no tag")]
#[case::a_port_is_no_tag(&["--name", "localhost:5000/maintenant"], "--name localhost:5000/maintenant has no tag")]
#[case::no_name(&["--name", "Foo Bar:1"], "--name Foo Bar:1 is no name of an image")]
#[case::no_value(&["--binary"], "--binary takes a value")]
#[case::unknown(&["--nmae", "x"], "unknown option --nmae")]
fn what_can_not_be_packed_is_named(#[case] arguments: &[&str], #[case] complaint: &str) {
    let place = Place::new(X86_64);
    let archive = place.directory.path().join("image.tar");
    let output = script().arg(&archive).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(complaint), "{said}");
    assert!(!archive.exists());
}

/// What is packed, in a directory of its own.
struct Place {
    directory: TempDir,
    binary: PathBuf,
    authorities: PathBuf,
}

impl Place {
    /// With a binary that is static, since it is nothing but its header.
    fn new(machine: u8) -> Self {
        let directory = tempfile::tempdir().expect(OWN);
        let binary = directory.path().join("maintenant");
        let mut header = [0; 64];
        header[..6].copy_from_slice(b"\x7fELF\x02\x01");
        header[18] = machine;
        std::fs::write(&binary, header).expect(OWN);
        let status = Command::new("chmod").arg("755").arg(&binary).status().expect(OWN);
        assert!(status.success());
        let authorities = directory.path().join("authorities.crt");
        std::fs::write(&authorities, "the authorities").expect(OWN);
        Self { directory, binary, authorities }
    }

    fn pack(&self, name: &str, umask: &str) -> PathBuf {
        let archive = self.directory.path().join(name);
        let mut packing = Command::new("sh");
        packing.args(["-c", "umask \"$0\" && exec \"$@\"", umask]).arg(script().get_program()).arg(&archive);
        packing.args(["--name", "maintenant:test", "--binary"]).arg(&self.binary);
        let output = packing.arg("--authorities").arg(&self.authorities).output();
        succeeded(&output.expect(OWN));
        archive
    }
}

/// An archive, unpacked.
struct Image {
    directory: TempDir,
    index: Value,
    config: Value,
}

impl Image {
    fn of(archive: &Path, place: &Place) -> Self {
        let directory = tempfile::tempdir_in(place.directory.path()).expect(OWN);
        succeeded(
            &Command::new("tar")
                .args(["-xf"])
                .arg(archive)
                .arg("-C")
                .arg(directory.path())
                .output()
                .expect(OWN),
        );
        let read = |path: &str| -> Value {
            serde_json::from_slice(&std::fs::read(directory.path().join(path)).expect(OWN))
                .expect("it is JSON")
        };
        let index = read("index.json");
        let old = read("manifest.json");
        assert_eq!(old[0]["RepoTags"], json!(["maintenant:test"]));
        let config = read(old[0]["Config"].as_str().expect("a path"));
        Self { directory, index, config }
    }

    fn layer(&self) -> PathBuf {
        let manifest = std::fs::read(self.directory.path().join("manifest.json")).expect(OWN);
        let manifest: Value = serde_json::from_slice(&manifest).expect("it is JSON");
        self.directory.path().join(manifest[0]["Layers"][0].as_str().expect("a path"))
    }

    /// Rights, owner and path of each entry.
    fn listing(&self) -> Vec<String> {
        let listed =
            Command::new("tar").args(["--numeric-owner", "-tvzf"]).arg(self.layer()).output().expect(OWN);
        let words = |line: &str| -> String {
            let words: Vec<_> = line.split_whitespace().collect();
            [words[0], words[1], words[words.len() - 1]].join(" ")
        };
        succeeded(&listed).lines().map(words).collect()
    }

    fn file(&self, path: &str) -> String {
        succeeded(&Command::new("tar").args(["-xOzf"]).arg(self.layer()).arg(path).output().expect(OWN))
    }
}

fn script() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../hack/image"))
}

#[track_caller]
fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
