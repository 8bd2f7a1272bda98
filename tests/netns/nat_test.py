# ctest: timeout=300
"""NATs of every kind, as nftables makes them and as the simulator does: which pairs of hosts behind them can meet."""

import itertools
import subprocess
import unittest

from support.netns import Network, run, skip_where_unavailable
from support.programs import program_path

# Everyone on the switch is the internet; unsolicited packets to a NAT get no answer.
BASE = """
add table ip filter
add chain ip filter input { type filter hook input priority 0; policy drop; }
add rule ip filter input ct state established,related accept
add table ip nat
add chain ip nat outward { type nat hook postrouting priority 100; }
add chain ip nat inward { type nat hook prerouting priority -100; }
"""

# What Linux does with it -> the same in the terms of RFC 4787 (nat_puncher knows these).
RULES = {
    # Public port = inner port, for every destination: endpoint-independent mapping in effect.
    "preserving": 'add rule ip nat outward oifname "eth0" masquerade',
    # Another port, the same one for every destination.
    "range": 'add rule ip nat outward oifname "eth0" ip protocol tcp snat to {outer}:20000-20999',
    # Another port for every destination: address-and-port-dependent mapping.
    "symmetric": 'add rule ip nat outward oifname "eth0" masquerade fully-random',
    # Endpoint-independent filtering as well: whoever sends to the outer port gets in.
    "full_cone": 'add rule ip nat outward oifname "eth0" masquerade\n'
                 'add rule ip nat inward iifname "eth0" tcp dport 7000 dnat to {inner}:7000',
}

PAIRS = list(itertools.combinations_with_replacement(RULES, 2))
INTRODUCER = "10.9.0.1:7440"


def simulated(left, right, later_ms=0):
    """The same in the simulator, 20 ms one way; the right one dials so much later."""
    done = subprocess.run([program_path("nat_puncher"), "simulate", left, right, str(later_ms)],
                          capture_output=True, text=True, check=True)
    return done.stdout.split()


class Nat(unittest.TestCase):
    def setUp(self):
        skip_where_unavailable(self)

    def start(self, namespace, *arguments):
        program = subprocess.Popen(["ip", "netns", "exec", namespace, program_path("nat_puncher"), *arguments],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        return program

    def real(self, left, right):
        """How the two met, behind two NATs of these kinds in a network of their own."""
        network = Network()
        self.addCleanup(network.close)
        introducer = self.start(network.host("introducer", "10.9.0.1/24"), "introduce", INTRODUCER)
        self.assertEqual(introducer.stdout.readline(), "ready\n")
        guests = []
        for number, kind in enumerate((left, right), start=1):
            outer, inner = f"10.9.0.1{number}", f"192.168.{number}.2"
            rules = BASE + RULES[kind].format(outer=outer, inner=inner) + "\n"
            host = network.host_behind(f"side{number}", f"{outer}/24", f"192.168.{number}.1/24", f"{inner}/24", rules)
            guests.append(self.start(host, "meet", f"{inner}:7000", INTRODUCER))
        return [guest.communicate(timeout=60)[0].strip() for guest in guests]

    def test_the_simulators_nats_agree_with_the_kernels_on_every_pair(self):
        for left, right in PAIRS:
            with self.subTest(left=left, right=right):
                real, model = self.real(left, right), simulated(left, right)
                if "full_cone" in (left, right) and "symmetric" not in (left, right):
                    # Who comes first decides which of the two accepts, if either does.
                    real, model = ["never" in each for each in (real, model)]
                self.assertEqual(model, real)

    def test_friendly_nats_meet_by_simultaneous_open_and_symmetric_ones_never(self):
        for left, right in itertools.combinations_with_replacement(("preserving", "range"), 2):
            self.assertEqual(simulated(left, right), ["dial", "dial"], (left, right))
        for other in ("preserving", "range", "symmetric"):
            self.assertEqual(simulated(other, "symmetric"), ["never", "never"], other)
        self.assertEqual(simulated("full_cone", "symmetric"), ["accept", "dial"])

    def test_silent_nats_meet_however_late_the_other_one_dials(self):
        for kind in ("preserving", "range"):
            for later_ms in (0, 6, 30, 250):
                self.assertEqual(simulated(kind, kind, later_ms), ["dial", "dial"], (kind, later_ms))

    def test_nats_that_answer_the_unexpected_meet_when_both_dial_at_once(self):
        for kind in ("reset", "unreachable"):
            for later_ms in (0, 6, 18):  # The answer comes back after two trips of 20 ms.
                self.assertEqual(simulated(kind, kind, later_ms), ["dial", "dial"], (kind, later_ms))
        # Each RST closes the hole before the other one's next dial.
        self.assertEqual(simulated("reset", "reset", 30), ["never", "never"])


if __name__ == "__main__":
    unittest.main()
