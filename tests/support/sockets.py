"""The TCP connections of a process, as the kernel sees them."""

import ipaddress
import os
import re
import socket
from pathlib import Path

ESTABLISHED, LISTEN = 0x01, 0x0A


class Connection:
    def __init__(self, local, remote, state):
        self.local, self.remote, self.state = local, remote, state

    def __repr__(self):
        return f"{self.local[0]}:{self.local[1]} - {self.remote[0]}:{self.remote[1]}"


def tcp_connections(pid, state=ESTABLISHED):
    """Its connections in this state, each with `local` and `remote` as (address, port)."""
    inodes = set()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(entry.path))
        except FileNotFoundError:
            continue
        if found:
            inodes.add(found.group(1))
    result = []
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            columns = row.split()
            if columns[9] in inodes and int(columns[3], 16) == state:
                result.append(Connection(_address(columns[1]), _address(columns[2]), state))
    return result


def _address(text):
    address, port = text.split(":")
    raw = bytes.fromhex(address)
    raw = b"".join(raw[i:i + 4][::-1] for i in range(0, len(raw), 4))  # 32-bit words in the machine's order
    if len(raw) == 4:
        return socket.inet_ntop(socket.AF_INET, raw), int(port, 16)
    v6 = ipaddress.IPv6Address(raw)
    return str(v6.ipv4_mapped or v6), int(port, 16)
