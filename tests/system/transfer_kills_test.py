# ctest: timeout=900
"""kill -9 in the middle of transfers: of their sender, their receiver and the relay, again and again.

As released 1 GiB with a kill every few hundred milliseconds; smaller with sanitizers, which hash slowly.
"""

import os
import random
import unittest

from support.programs import sanitized
from support.transfers import MIB, TransferTest, arrived_bytes, make_file, make_tree, parts

SIZE_MIB = int(os.environ.get("HOBNOB_TRANSFER_MIB", 16 if sanitized() else 1024))
KILLS = int(os.environ.get("HOBNOB_TRANSFER_KILLS", 6 if sanitized() else 30))


class Kills(TransferTest):
    """kill -9 of the sender, the receiver and the relay in turn, all through a transfer."""

    def tree(self):
        large = SIZE_MIB * MIB * 3 // 4
        small = {f"many/{i % 7}/small {i}": 1 + i * 97 % 9000 for i in range(200)}
        return make_tree(self.sources / "tree", {"a/large": large, **small, "z/also large": SIZE_MIB * MIB - large})

    def kill_all_through(self, *both):
        seed = int(os.environ.get("HOBNOB_TRANSFER_SEED", random.randrange(2**32)))
        chance = random.Random(seed)
        print(f"seed {seed}", flush=True)
        rate = os.environ.get("HOBNOB_TRANSFER_LIMIT", "16M" if sanitized() else "128M")
        self.start_pair(*both, ann=("--limit", rate))
        source = self.tree()
        total = arrived_bytes(source)
        transfer = self.send(source)
        # The first when it has been accepted and something is there: from then on it goes on by itself.
        moments = sorted(chance.uniform(0.02, 0.9) for _ in range(KILLS))
        for number, moment in enumerate(moments):
            self.wait_arrived(int(moment * total))
            victim = ("ann", "bob", "relay")[number % 3]
            if victim == "relay":
                self.start_relay_again()
            else:
                self.start_again(victim, online=False)
            if chance.random() < 0.3:  # At once another one, which cannot have found the others again.
                self.start_again(chance.choice(["ann", "bob"]), online=False)
        self.wait_end(transfer)
        self.assert_arrived(source)
        self.assert_downloads("tree")
        return transfer

    def wait_end(self, transfer):
        """Until both sides have it as done. A program that was killed since may have been the one to tell."""
        for side in self.sides.values():
            since = side.mark()
            side.say("/transfers")
            side.wait_event("transfers", since)
            if not side.events("transfer", since, id=transfer, state="done"):
                side.wait_event("transfer-done", id=transfer)

    def test_direct(self):
        self.kill_all_through()

    def test_by_circuit(self):
        transfer = self.kill_all_through("--direct", "off", "--circuits", "always")
        paths = {event["path"] for event in self.sides["bob"].events("transfer-progress", id=transfer)}
        self.assertLessEqual(paths, {"circuit", "none"})

    def test_the_next_day_both_go_on_without_asking_again(self):
        ann, bob = self.start_pair(ann=("--limit", "4M"), accept="ask")
        source = make_file(self.sources / "report", 6 * MIB)
        transfer = self.send(source)
        bob.wait_event("transfer-offer", id=transfer, user="ann", bytes=6 * MIB)
        self.order("bob", "accept", transfer)
        self.wait_arrived(MIB)
        for program in (bob, ann, self.server):
            program.stop()
        there = arrived_bytes(self.downloads)
        self.assertEqual(len(parts(self.downloads)), 1)
        self.server = self.relay(listen=f"127.0.0.1:{self.server.port}")
        for user in ("bob", "ann"):
            self.start_side(user)
        self.wait_done(transfer)
        self.assertEqual(self.sides["bob"].events("transfer-offer"), [])
        # What had come was compared, not sent again: the first count that bob tells of is not small.
        counts = [event["bytes_done"] for event in self.sides["bob"].events("transfer-progress", state="running")]
        self.assertGreaterEqual(counts[0], there // MIB * MIB // 2, counts)
        self.assert_arrived(source)
        self.assert_downloads("report")


if __name__ == "__main__":
    unittest.main()
