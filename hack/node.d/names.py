#!/usr/bin/env python3
"""The name server of the pods of hack/node: it knows the Services of the cluster, and no other name.

    names.py ADDRESS KUBECTL KUBECONFIG
"""

import socket
import struct
import subprocess
import sys

ZONE = ["svc", "cluster", "local"]
TYPE_A, CLASS_IN = 1, 1
NO_ERROR, NO_SUCH_NAME = 0, 3
ANSWERED = 0x8580  # a response, authoritative, recursion wished for and had
HEADER = 12


def labels_of(query: bytes) -> tuple[list[str], int]:
    """The labels of the first question, and where they end (RFC 1035, 4.1.2)."""
    labels, at = [], HEADER
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii").lower())
        at += 1 + query[at]
    return labels, at + 1


def address_of(labels: list[str], kubectl: list[str]) -> str | None:
    """The address of the Service that `name.namespace.svc.cluster.local` names."""
    if len(labels) != 5 or labels[2:] != ZONE:
        return None
    name, namespace = labels[:2]
    found = subprocess.run(
        [*kubectl, "--namespace", namespace, "get", "service", name, "--output", "jsonpath={.spec.clusterIP}"],
        capture_output=True, text=True, check=False, timeout=10,
    )
    return found.stdout or None


def answer(query: bytes, kubectl: list[str]) -> bytes:
    labels, end = labels_of(query)
    kind, _ = struct.unpack_from("!HH", query, end)
    address = address_of(labels, kubectl)
    records = b""
    if address and kind == TYPE_A:
        # The name is that of the question, at offset 12; for 5 s.
        records = struct.pack("!HHHIH", 0xC000 | HEADER, TYPE_A, CLASS_IN, 5, 4) + socket.inet_aton(address)
    code = NO_ERROR if address else NO_SUCH_NAME
    head = query[:2] + struct.pack("!HHHHH", ANSWERED | code, 1, 1 if records else 0, 0, 0)
    return head + query[HEADER:end + 4] + records


def main() -> None:
    address, program, kubeconfig = sys.argv[1:]
    kubectl = [program, "--kubeconfig", kubeconfig]
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind((address, 53))
    while True:
        query, asker = listening.recvfrom(512)
        try:
            listening.sendto(answer(query, kubectl), asker)
        except (IndexError, UnicodeDecodeError, struct.error, subprocess.TimeoutExpired) as fault:
            print(f"{asker}: {fault}", file=sys.stderr)


main()
