# ctest: timeout=300
"""The contract of streams, connections and networks (contract_test), between two hosts instead of on one."""

import os
import subprocess
import unittest
from pathlib import Path

from support.netns import Network, skip_where_unavailable

PROGRAM = Path(os.environ.get("HOBNOB_BUILD_DIR", "build/relwithdebinfo")) / "tests" / "contract_test"

# What the simulated network does is the same wherever the program runs.
REAL_ONES = "*/tcp.*:*/tls.*"


class Contract(unittest.TestCase):
    def test_the_contract_holds_between_two_hosts(self):
        skip_where_unavailable(self)
        network = Network()
        self.addCleanup(network.close)
        near = network.host("near", "10.9.0.1/24", "fd09::1/64")
        for number, address in enumerate(("10.9.0.2/24", "fd09::2/64"), start=2):
            with self.subTest(address=address):
                far = network.host(f"far{number}", address)
                done = subprocess.run(
                    ["ip", "netns", "exec", near, PROGRAM, f"--gtest_filter={REAL_ONES}"], check=False,
                    capture_output=True, text=True,
                    env={**os.environ, "HOBNOB_FAR_HOST": f"/run/netns/{far} {address.split('/')[0]}"})
                self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-2000:])
                self.assertNotIn("0 tests ran", done.stdout)


if __name__ == "__main__":
    unittest.main()
