# ctest: timeout=300
"""Who logs in and never reads: bounded at the relay, closed with `overflow` in the end, and missed by nobody else."""

import unittest

from support.programs import resident_kib
from support.undisturbed import GROWTH_KIB, BadInputTest
from support.wire import Client

TEXT = "x" * (30 * 1024)
COUNT = 200  # 6 MiB: more than a connection's queue ever holds.


class SlowConsumer(BadInputTest):
    growth_kib = 2 * GROWTH_KIB  # Ann keeps what is not delivered; the relay is looked at while it lasts.

    def test_who_takes_nothing_is_disconnected_and_costs_the_relay_a_bounded_amount(self):
        slow = Client(self.address, self.attacker)
        self.addCleanup(slow.close)
        ann, bob = self.honest["ann"], self.honest["bob"]
        before = resident_kib(self.server.pid)
        mark = self.server.mark()
        slow.login(self.attacker, "slow")  # And from here on it reads nothing.
        for peer in (ann, bob):
            peer.wait_presence("slow", "online")
        since = {user: peer.mark() for user, peer in self.honest.items()}
        for _ in range(COUNT):
            ann.say(f"/msg slow {TEXT}")
        # The two honest users go on meanwhile.
        largest, talked = 0, 0
        while not ann.events("presence", since["ann"], user="slow", state="offline"):
            told = ann.tell("bob", f"meanwhile {talked}")
            bob.wait_text("ann", f"meanwhile {talked}")
            ann.wait_delivered("bob", told)
            largest, talked = max(largest, resident_kib(self.server.pid)), talked + 1
        for user, peer in self.honest.items():
            self.assertEqual(peer.wait_presence("slow", "offline", since[user])["reason"], "overflow")
        print(f"the relay grew by {largest - before} KiB while ann and bob talked {talked} times", flush=True)
        self.assertLess(largest - before, GROWTH_KIB)
        self.assert_lines_about(1, r"\(slow\): .|\bslow is gone", mark=mark)
        failed = ann.wait_event("progress", since["ann"], to="slow", state="failed")
        self.assertIn(failed["code"], ("offline", "unconfirmed"))
        self.assert_undisturbed()


if __name__ == "__main__":
    unittest.main()
