# ctest: timeout=300 unsanitized
"""What the relay carries it cannot read: no relayed text or file is in its memory, or on its disk.

Not under sanitizers: their shadow of the memory is terabytes to scan.
"""

import re
import secrets
import unittest
from pathlib import Path

from support.programs import ProgramTest, sanitized, wait_until
from support.transfers import MIB, TransferTest


def memory_holds(pid, needles):
    """Which of these byte strings are anywhere in the readable memory of a process."""
    found = set()
    longest = max(len(needle) for needle in needles)
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for row in Path(f"/proc/{pid}/maps").read_text().splitlines():
            start, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", row).groups()
            if not rights.startswith("r") or row.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            position, end, tail = int(start, 16), int(end, 16), b""
            while position < end:
                memory.seek(position)
                try:
                    block = memory.read(min(1 << 20, end - position))
                except OSError:
                    break
                if not block:
                    break
                text = tail + block
                found |= {needle for needle in needles if needle in text}
                tail = text[-longest:]
                position += len(block)
    return found


class RelayMemory(ProgramTest):
    def test_a_thousand_relayed_messages_leave_no_text_in_the_relay(self):
        relay = self.relay()
        ann, bob = (self.peer(user, relay, "--direct", "off") for user in ("ann", "bob"))
        ann.wait_presence("bob", "online")
        bob.wait_presence("ann", "online")

        marker = secrets.token_hex(16)
        count = 200 if sanitized() else 1000
        for number in range(count):
            ann.tell("bob", f"marker {marker} in message {number} of ann")
        last = bob.wait_text("ann", f"marker {marker} in message {count - 1} of ann")
        self.assertEqual(last["path"], "relay")
        wait_until(lambda: len(ann.events("progress", state="delivered")) == count, "every receipt")
        self.assertEqual({e["path"] for e in ann.events("progress", state="delivered")}, {"relay"})

        # The same scan finds the marker where it must be, and finds in the relay what the relay knows.
        self.assertEqual(memory_holds(bob.pid, [marker.encode()]), {marker.encode()})
        known = relay.fingerprint.encode()
        self.assertEqual(memory_holds(relay.pid, [known, marker.encode()]), {known})


class RelayedFiles(TransferTest):
    def test_a_file_by_circuit_leaves_nothing_in_the_relay(self):
        ann, bob = self.start_pair("--direct", "off", "--circuits", "always", ann=("--limit", "8M"))
        marker = secrets.token_hex(16)
        source = self.sources / f"named {marker}"
        line = f"marker {marker} in a file of ann\n".encode()
        source.write_bytes(line * (8 * MIB // len(line)))
        needles = [marker.encode()]
        known = self.server.fingerprint.encode()
        transfer = self.send(source)
        self.wait_arrived(4 * MIB)
        self.assertEqual(memory_holds(self.server.pid, [known, *needles]), {known})  # In the middle, and at the end.
        self.assertEqual(memory_holds(ann.pid, needles), set(needles))
        self.wait_done(transfer)
        self.assertEqual({event["path"] for event in bob.events("transfer-progress", state="running")}, {"circuit"})
        self.assertEqual(memory_holds(self.server.pid, [known, *needles]), {known})
        self.assert_arrived(source)
        for path in (self.folder / "relay").rglob("*"):
            self.assertFalse(path.is_file() and marker.encode() in path.read_bytes(), path)


if __name__ == "__main__":
    unittest.main()
