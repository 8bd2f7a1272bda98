# ctest: timeout=300 unsanitized
"""What large transfers need of memory does not depend on their size: 64 MiB at most, on either side and at the relay.

Not under sanitizers, which keep what was freed.
"""

import re
import unittest
from pathlib import Path

from support.transfers import MIB, TransferTest, make_file

SIZE = 1024 * MIB
PEAK_KIB = 64 * 1024


class Memory(TransferTest):
    def send_much(self, *both):
        """The greatest resident size of each program, in KiB."""
        self.start_pair(*both)
        self.wait_done(self.send(self.make_image()))
        programs = {**self.sides, "relay": self.server}
        return {name: self.peak_kib(program.pid) for name, program in programs.items()}

    def make_image(self):
        """Of random content that repeats: it is to be made quickly."""
        path = make_file(self.sources / "image", 16 * MIB)
        block = path.read_bytes()
        with open(path, "ab") as file:
            for _ in range(SIZE // len(block) - 1):
                file.write(block)
        return path

    @staticmethod
    def peak_kib(pid):
        status = Path(f"/proc/{pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M).group(1))

    def test_direct(self):
        for name, peak in self.send_much().items():
            self.assertLess(peak, PEAK_KIB, name)

    def test_by_circuit(self):
        peaks = self.send_much("--direct", "off", "--circuits", "always")
        paths = {event["path"] for event in self.sides["bob"].events("transfer-progress", state="running")}
        self.assertEqual(paths, {"circuit"})
        for name, peak in peaks.items():
            self.assertLess(peak, PEAK_KIB, name)


if __name__ == "__main__":
    unittest.main()
