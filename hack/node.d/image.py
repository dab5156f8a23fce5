#!/usr/bin/env python3
"""Packs a directory as the only layer of an image, without a container engine: a docker archive.

    image.py ARCHIVE NAME ROOT [--user UID] [-- COMMAND…]
"""

import argparse
import hashlib
import io
import json
import platform
import sys
import tarfile

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of the machine that it was packed on: neither owners nor times."""
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def layer_of(root: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as layer:
        layer.add(root, arcname=".", filter=owned_by_root)
    return packed.getvalue()


def pack(archive: str, name: str, layer: bytes, user: str, command: list[str]) -> None:
    config = json.dumps({
        "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "config": {"User": user, "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], "Entrypoint": command},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
        "history": [{"created": "1970-01-01T00:00:00Z"}],
    }).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(archive, "w") as out:
        for path, content in [("manifest.json", manifest), (config_name, config), ("layer.tar", layer)]:
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            out.addfile(entry, io.BytesIO(content))


def main() -> None:
    arguments, command = sys.argv[1:], []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, command = arguments[:at], arguments[at + 1:]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive")
    parser.add_argument("name")
    parser.add_argument("root")
    parser.add_argument("--user", default="")
    given = parser.parse_args(arguments)
    pack(given.archive, given.name, layer_of(given.root), given.user, command)


if __name__ == "__main__":
    main()
