"""Images as archives, written without a container engine: an OCI layout that old versions of `docker load` take too.

The same input gives the same bytes, whoever packs it, wherever and whenever; only another zlib may compress otherwise.
"""

import dataclasses
import hashlib
import io
import json
import os
import stat
import struct
import tarfile
import zlib

EPOCH = "1970-01-01T00:00:00Z"


@dataclasses.dataclass(frozen=True)
class Entry:
    """A file or directory of an image."""

    path: str
    """Absolute, as in the container"""
    source: str | None
    """The file on this machine; None for a directory"""
    mode: int
    owner: int = 0


def below(root: str, owner: int = 0) -> list[Entry]:
    """What a directory holds. Everybody may read it, whatever the umask was under which it was written."""
    entries = []
    for directory, names, files in os.walk(root):
        names.sort()
        inside = "/" + os.path.relpath(directory, root)
        if directory != root:
            sticky = os.stat(directory).st_mode & stat.S_ISVTX
            entries.append(Entry(os.path.normpath(inside), None, 0o1777 if sticky else 0o755, owner))
        for name in sorted(files):
            source = os.path.join(directory, name)
            entries.append(Entry(os.path.normpath(os.path.join(inside, name)), source, mode_of(source), owner))
    return entries


def mode_of(source: str) -> int:
    """Whether it may be executed is all that is taken over."""
    return 0o755 if os.lstat(source).st_mode & stat.S_IXUSR else 0o644


def layer(entries: list[Entry]) -> bytes:
    """A tar of the entries and of the directories above them, in the order of their paths."""
    found = {entry.path: entry for entry in entries}
    for entry in entries:
        above = os.path.dirname(entry.path)
        while above != "/":
            found.setdefault(above, Entry(above, None, 0o755))
            above = os.path.dirname(above)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(found):
            add(tar, found[path])
    return packed.getvalue()


def add(tar: tarfile.TarFile, entry: Entry) -> None:
    described = tarfile.TarInfo(entry.path.lstrip("/"))
    described.mode = entry.mode
    described.uid = described.gid = entry.owner
    if entry.source is None:
        described.type = tarfile.DIRTYPE
        tar.addfile(described)
    elif os.path.islink(entry.source):
        described.type, described.linkname = tarfile.SYMTYPE, os.readlink(entry.source)
        tar.addfile(described)
    else:
        described.size = os.path.getsize(entry.source)
        with open(entry.source, "rb") as content:
            tar.addfile(described, content)


def write(archive: str, name: str, architecture: str, content: bytes, config: dict) -> str:
    """Writes the archive of an image with one layer, and returns the digest by which it is known."""
    blobs = {}

    def blob(content: bytes, media_type: str) -> dict:
        digest = hashlib.sha256(content).hexdigest()
        blobs[f"blobs/sha256/{digest}"] = content
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    def document(value: object) -> bytes:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

    oci = "application/vnd.oci.image"
    packed = blob(gzipped(content), f"{oci}.layer.v1.tar+gzip")
    described = blob(
        document({
            "architecture": architecture,
            "os": "linux",
            "created": EPOCH,
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(content).hexdigest()]},
            "history": [{"created": EPOCH}],
        }),
        f"{oci}.config.v1+json",
    )
    manifest = blob(
        document({
            "schemaVersion": 2,
            "mediaType": f"{oci}.manifest.v1+json",
            "config": described,
            "layers": [packed],
        }),
        f"{oci}.manifest.v1+json",
    )
    named = {
        **manifest,
        "platform": {"architecture": architecture, "os": "linux"},
        "annotations": {
            "io.containerd.image.name": name,
            "org.opencontainers.image.ref.name": name.rpartition(":")[2],
        },
    }
    files = {
        "oci-layout": document({"imageLayoutVersion": "1.0.0"}),
        "index.json": document({"schemaVersion": 2, "mediaType": f"{oci}.index.v1+json", "manifests": [named]}),
        # What `docker load` reads where it does not know the layout.
        "manifest.json": document([{
            "Config": path_of(described),
            "RepoTags": [name],
            "Layers": [path_of(packed)],
        }]),
        **dict(sorted(blobs.items())),
    }
    with tarfile.open(archive, "w", format=tarfile.USTAR_FORMAT) as tar:
        for path, written in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(written)
            tar.addfile(entry, io.BytesIO(written))
    return manifest["digest"]


def gzipped(content: bytes) -> bytes:
    """The content as a gzip member (RFC 1952) that says nothing of who made it: versions of Python differ in that."""
    deflated = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    unknown_system = 255
    head = b"\x1f\x8b\x08" + bytes(6) + bytes([unknown_system])
    tail = struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return head + deflated.compress(content) + deflated.flush() + tail


def path_of(blob: dict) -> str:
    return "blobs/" + blob["digest"].replace(":", "/")
