"""A name server for the proof: answers some names with 127.0.0.1, every other with NXDOMAIN.

    names.py NAME ... [--silent NAME ...]        (a question for a silent name gets no answer)
"""

import socket
import struct
import sys


def question(query):
    """(name, type, end of the question) of a query."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii"))
        at += 1 + query[at]
    return ".".join(labels).lower(), struct.unpack_from("!H", query, at + 1)[0], at + 5


def answer(query, known, silent):
    """None for a question that gets no answer."""
    name, kind, end = question(query)
    if name in silent:
        return None
    is_known = name in known
    has_address = is_known and kind == 1
    flags = 0x8580 if is_known else 0x8583
    head = query[:2] + struct.pack("!HHHHH", flags, 1, int(has_address), 0, 0)
    record = struct.pack("!HHHIH", 0xC00C, 1, 1, 5, 4) + bytes([127, 0, 0, 1])
    return head + query[12:end] + (record if has_address else b"")


def main():
    names = " ".join(sys.argv[1:]).lower().split("--silent")
    known, silent = names[0].split(), "".join(names[1:]).split()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        while True:
            query, sender = server.recvfrom(512)
            text = answer(query, known, silent)
            if text is not None:
                server.sendto(text, sender)


main()
