#!/usr/bin/env python3
"""Packs a directory as the only layer of an image, without a container engine.

    image.py ARCHIVE NAME ROOT [--user UID] [-- COMMAND…]
"""

import argparse
import pathlib
import platform
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "image.d"))
import archive  # noqa: E402

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


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
    config = {"User": given.user, "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], "Entrypoint": command}
    architecture = ARCHITECTURES.get(platform.machine(), platform.machine())
    archive.write(given.archive, given.name, architecture, archive.layer(archive.below(given.root)), config)


if __name__ == "__main__":
    main()
