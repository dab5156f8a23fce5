#!/usr/bin/env python3
"""Packs the image that deploy/image/Dockerfile describes, without a container engine.

    pack.py ARCHIVE NAME BINARY AUTHORITIES
"""

import pathlib
import struct
import sys

import archive
import recipe

REPOSITORY = pathlib.Path(__file__).parents[2]
# e_machine of the ELF header, by the name that images use.
ARCHITECTURES = {62: "amd64", 183: "arm64"}
PROGRAM_HEADER_INTERPRETER = 3


def architecture_of(binary: str) -> str:
    """The processor that a static Linux binary is for; any other file is refused."""
    with open(binary, "rb") as file:
        content = file.read(64)
        if len(content) < 64 or content[:6] != b"\x7fELF\x02\x01":
            sys.exit(f"image: {binary} is no 64-bit little-endian Linux binary")
        (machine,) = struct.unpack_from("<H", content, 18)
        (offset,) = struct.unpack_from("<Q", content, 32)
        size, count = struct.unpack_from("<HH", content, 54)
        file.seek(offset)
        headers = file.read(size * count)
    if machine not in ARCHITECTURES:
        sys.exit(f"image: {binary} is for processor {machine}; {sorted(ARCHITECTURES.values())} are known")
    kinds = [struct.unpack_from("<I", headers, number * size)[0] for number in range(count)]
    if PROGRAM_HEADER_INTERPRETER in kinds:
        sys.exit(f"image: {binary} is not static, so it would find no loader in the image; `make build` makes one that is")
    return ARCHITECTURES[machine]


def entries_of(copies: list, built: dict[str, tuple[str | None, int]]) -> list[archive.Entry]:
    entries = []
    for stage, source, target, owner in copies:
        if stage is None:
            if not (REPOSITORY / source).is_dir():
                raise recipe.Unknown(f"{source} of the repository is no directory")
            prefix = target.rstrip("/")
            for entry in archive.below(str(REPOSITORY / source), owner):
                entries.append(archive.Entry(prefix + entry.path, entry.source, entry.mode, entry.owner))
        elif source in built:
            entries.append(archive.Entry(target, *built[source], owner))
        else:
            raise recipe.Unknown(f"{source} of stage {stage} is not known here")
    return entries


def main() -> None:
    if len(sys.argv) != 5:
        sys.exit(__doc__.strip())
    path, name, binary, authorities = sys.argv[1:]
    built = {
        "/out/maintenant": (binary, 0o755),
        "/etc/ssl/certs/ca-certificates.crt": (authorities, 0o644),
        "/out/data": (None, 0o755),
    }
    try:
        wanted = recipe.read((REPOSITORY / "deploy/image/Dockerfile").read_text())
        entries = entries_of(wanted.copies, built)
    except recipe.Unknown as fault:
        sys.exit(f"image: deploy/image/Dockerfile: {fault}")
    content = archive.layer(entries)
    print(archive.write(path, name, architecture_of(binary), content, wanted.config))


if __name__ == "__main__":
    main()
