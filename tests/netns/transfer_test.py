# ctest: timeout=300
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
        self._options = {"ann": ann, "bob": ("--accept-files", "all", "--download-dir", self.downloads)}
        for user in self._options:
            self.start_side(user)
        self.sides["ann"].wait_presence("bob", "online")

    def start_side(self, user, **options):
        self.sides[user] = self.peer_on(user, self.server, *self._options[user], **options)
        return self.sides[user]

    def start_relay_again(self):
        port = self.server.port
        self.server.kill()
        self.server = self.relay("--advertise", self.address("relay"), listen=f"0.0.0.0:{port}",
                                 namespace=self.hosts["relay"])

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

    def test_a_circuit_that_is_forced_survives_kills_and_pauses(self):
        self.start_pair("--limit", "2M")
        source = make_file(self.sources / "film", 14 * MIB)
        transfer = self.send(source)
        self.wait_arrived(MIB)
        self.start_again("bob", online=False)
        self.wait_arrived(3 * MIB)
        self.start_again("ann", online=False)
        self.wait_arrived(5 * MIB)
        self.start_relay_again()
        self.wait_arrived(7 * MIB)
        for here, there in (("ann", "bob"), ("bob", "ann")):
            marks = {user: side.mark() for user, side in self.sides.items()}
            self.order(here, "pause", transfer)
            self.wait_state(here, transfer, marks[here], state="paused", code="here")
            self.wait_state(there, transfer, marks[there], state="paused", code="there")
            marks = {user: side.mark() for user, side in self.sides.items()}
            self.order(here, "resume", transfer)
            self.wait_state(there, transfer, marks[there], state="running")
        self.wait_done(transfer)
        for user in self.sides:
            paths = {event["path"] for event in self.sides[user].events("transfer-progress", id=transfer)}
            self.assertLessEqual(paths, {"circuit", "none"})
        self.assert_arrived(source)
        self.assert_downloads("film")

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
