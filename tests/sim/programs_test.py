"""The simulator's handshake, which believes what it is told, is in no program that ships."""

import os
import re
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("HOBNOB_BUILD_DIR", SOURCE / "build" / "relwithdebinfo"))
MARK = re.search(r'mark = "([^"\\]+)', (SOURCE / "transport/sim/plain_handshaker.cpp").read_text()).group(1)


def holds_mark(program):
    return MARK.encode() in program.read_bytes()


class Programs(unittest.TestCase):
    def test_only_simulations_hold_the_plain_handshake(self):
        self.assertTrue(holds_mark(BUILD / "tests/sim/sim_soak"), "then this test sees nothing")
        for name in ("peer_main", "relay_main"):
            with self.subTest(program=name):
                self.assertFalse(holds_mark(BUILD / "bin" / name))


if __name__ == "__main__":
    unittest.main()
