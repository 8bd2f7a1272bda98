# ctest: timeout=300
"""The contract of streams, connections and networks (contract_test), between two hosts instead of on one."""

import os
import subprocess
import unittest
from pathlib import Path

from support.netns import Network, run, skip_where_unavailable

PROGRAM = Path(os.environ.get("HOBNOB_BUILD_DIR", "build/relwithdebinfo")) / "tests" / "contract_test"

# What the simulated network does is the same wherever the program runs.
REAL_ONES = "*/tcp.*:*/tls.*"

FIREWALL = """
add table inet wall
add chain inet wall forward { type filter hook forward priority 0; }
add rule inet wall forward ip daddr 10.5.0.0/24 meta l4proto tcp reject with tcp reset
add rule inet wall forward ip6 daddr fd05::/64 meta l4proto tcp reject with tcp reset
add rule inet wall forward ip daddr 10.4.0.0/24 reject with icmp type port-unreachable
add rule inet wall forward ip6 daddr fd04::/64 reject with icmpv6 type port-unreachable
"""


class Contract(unittest.TestCase):
    def setUp(self):
        skip_where_unavailable(self)
        self.network = Network()
        self.addCleanup(self.network.close)

    def check(self, near, tests, **environment):
        done = subprocess.run(
            ["ip", "netns", "exec", near, PROGRAM, f"--gtest_filter={tests}"], check=False,
            capture_output=True, text=True, env={**os.environ, **environment})
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-2000:])
        self.assertNotIn("0 tests ran", done.stdout)
        return done.stdout

    def test_the_contract_holds_between_two_hosts(self):
        near = self.network.host("near", "10.9.0.1/24", "fd09::1/64")
        for number, address in enumerate(("10.9.0.2/24", "fd09::2/64"), start=2):
            with self.subTest(address=address):
                far = self.network.host(f"far{number}", address)
                self.check(near, REAL_ONES, HOBNOB_FAR_HOST=f"/run/netns/{far} {address.split('/')[0]}")

    def test_dials_through_a_router_end_as_simulated_ones(self):
        near = self.network.host("near", "10.9.0.1/24", "fd09::1/64")
        far = self.network.host_behind("far", "10.9.0.254/24 fd09::fe/64", "10.8.0.1/24 fd08::1/64",
                                       "10.8.0.2/24 fd08::2/64", FIREWALL)
        router = self.network.router_of(far)
        for to, gateway in (("10.0.0.0/8", "10.9.0.254"), ("fd00::/12", "fd09::fe")):
            self.network.route(near, to, gateway)
        for to in ("10.5.0.0/24", "10.4.0.0/24", "fd05::/64", "fd04::/64"):
            run("ip", "-n", router, "route", "add", to, "dev", "lan")  # Behind the firewall.
        for to in ("10.6.0.0/24", "fd06::/64"):
            run("ip", "-n", router, "route", "add", "blackhole", to)
        for setting in ("ipv4/icmp_ratelimit", "ipv6/icmp/ratelimit"):
            self.network.set(router, setting, 0)  # Each packet that it drops is told of.
        told = self.check(near, "dial_contract/t*:time_out_contract/t*", HOBNOB_ROUTER=router,
                          HOBNOB_FAR_HOST=f"/run/netns/{far} 10.8.0.2")
        self.assertNotIn("SKIPPED", told)


if __name__ == "__main__":
    unittest.main()
