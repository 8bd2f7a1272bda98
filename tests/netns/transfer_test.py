# ctest: timeout=120
"""Files between peers that cannot reach each other go by circuit, and by a direct link when there is one."""

import unittest

from support.netns import NetworkTest
from support.transfers import MIB, TransferTest, make_file, make_tree


class Transfers(NetworkTest, TransferTest):
    def start_pair(self, *ann):
        """Ann and bob on hosts of their own that no packet passes between; each reaches the relay."""
        for name in ("relay", "ann", "bob"):
            self.host(name)
        self.separate("ann", "bob")
        self.server = self.relay_on("relay")
        options = {"ann": ann, "bob": ("--accept-files", "all", "--download-dir", self.downloads)}
        self.sides = {user: self.peer_on(user, self.server, *options[user]) for user in options}
        self.sides["ann"].wait_presence("bob", "online")

    def test_a_firewall_that_lets_nothing_through_forces_a_circuit(self):
        self.start_pair()
        source = make_file(self.sources / "report", 8 * MIB)
        transfer = self.send(source)
        self.wait_done(transfer)
        for user in ("ann", "bob"):
            running = self.sides[user].events("transfer-progress", id=transfer, state="running")
            self.assertEqual({event["path"] for event in running}, {"circuit"})
        self.assert_arrived(source)
        photos = make_tree(self.sources / "photos", {f"{i % 3}/{i}": 1000 * i for i in range(60)}, 7)
        self.wait_done(self.send(photos))
        self.assert_arrived(photos)
        self.assert_downloads("photos", "report")

    def test_a_transfer_moves_to_the_direct_link_when_the_firewall_opens(self):
        self.start_pair("--limit", "2M")
        source = make_file(self.sources / "film", 32 * MIB)
        transfer = self.send(source)
        self.wait_arrived(MIB)
        self.wait_state("bob", transfer, state="running", path="circuit")
        self.network.open_firewall(self.hosts["ann"])
        for user in ("ann", "bob"):
            self.wait_state(user, transfer, state="running", path="lan")
        self.wait_done(transfer)
        self.assert_arrived(source)
        self.assert_downloads("film")


if __name__ == "__main__":
    unittest.main()
