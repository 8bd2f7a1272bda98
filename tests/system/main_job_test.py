# ctest: timeout=300 labels=threads
"""The main job: log in, link up, talk directly."""

import socket
import unittest
from pathlib import Path

from support.programs import Peer, ProgramTest, Relay, wait_until
from support.sockets import LISTEN, tcp_connections


class MainJob(ProgramTest):
    def start_three(self):
        self.server = self.relay()
        users = {user: self.peer(user, self.server) for user in ("ann", "bob", "cy")}
        self.link_all(users)
        return users

    def test_three_peers_converge_on_a_full_mesh_with_one_link_per_pair(self):
        users = self.start_three()
        for user, peer in users.items():
            others = set(users) - {user}
            self.assertEqual(peer.linked(), others)
            wait_until(lambda: peer.present() == others, f"{user} to be told of {others}")  # Perhaps after the link.
            # One connection to the relay, one to each of the two others.
            wait_until(lambda: len(tcp_connections(peer.pid)) == 3, f"{user} to have exactly three connections")

    def test_a_peer_listens_on_the_very_port_that_reached_the_relay_and_its_links_use_it_too(self):
        users = self.start_three()
        for peer in users.values():
            listening = {connection.local[1] for connection in tcp_connections(peer.pid, LISTEN)}
            self.assertEqual(len(listening), 1)
            used = {connection.local[1] for connection in tcp_connections(peer.pid)}
            self.assertEqual(used, listening)

    def test_messages_go_both_ways_between_dialler_and_dialled(self):
        users = self.start_three()
        dialled = {(user, e["user"]): e["dialled"] for user, peer in users.items() for e in peer.events("link")
                   if e["state"] == "up"}
        self.assertIn(True, dialled.values())
        for (user, other), own in dialled.items():
            self.assertTrue(own or dialled[other, user], "someone has dialled (both, if their dials crossed)")
            since = users[user].tell(other, f"from {user} to {other}")
            received = users[other].wait_text(user, f"from {user} to {other}")
            delivered = users[user].wait_delivered(other, since)
            self.assertEqual(received["path"], "lan")
            self.assertEqual(delivered["path"], "lan")
            self.assertEqual(received["id"], delivered["id"])

    def test_messages_of_one_sender_keep_their_order_and_come_once(self):
        users = self.start_three()
        texts = [f"number {i}" for i in range(500)]
        for text in texts:
            users["ann"].tell("bob", text)
        users["bob"].wait_text("ann", texts[-1])
        self.assertEqual([e["text"] for e in users["bob"].events("message")], texts)
        wait_until(lambda: len(users["ann"].events("progress", state="delivered")) == len(texts), "all receipts")

    def test_where_no_link_is_wanted_messages_go_through_the_relay(self):
        relay = self.relay()
        users = {user: self.peer(user, relay, "--direct", "off") for user in ("ann", "bob")}
        for user, other in (("ann", "bob"), ("bob", "ann")):
            users[user].wait_presence(other, "online")
            since = users[user].tell(other, f"by relay from {user}")
            self.assertEqual(users[other].wait_text(user, f"by relay from {user}")["path"], "relay")
            self.assertEqual(users[user].wait_delivered(other, since)["path"], "relay")
            self.assertEqual(users[user].events("link"), [])

    def test_a_port_that_another_program_holds_at_another_address_is_no_obstacle(self):
        relay = self.relay()
        with socket.socket() as other:
            other.bind(("127.0.0.9", 0))
            users = {"ann": self.peer("ann", relay, listen=f"127.0.0.1:{other.getsockname()[1]}"),
                     "bob": self.peer("bob", relay)}
            self.link_all(users)

    def test_the_environment_puts_the_actors_on_threads_of_their_own(self):
        def threads(program):
            return {path.read_text().strip() for path in Path(f"/proc/{program.pid}/task").glob("*/comm")}
        for scheduler, there in (("asio", False), ("caf", True)):
            relay = self.relay(data=f"relay-{scheduler}", environment={"HOBNOB_SCHEDULER": scheduler})
            ann = self.peer("ann", relay, data=f"ann-{scheduler}", environment={"HOBNOB_SCHEDULER": scheduler})
            for program in (relay, ann):
                self.assertEqual("caf.clock" in threads(program), there, threads(program))

    def test_over_ipv6_loopback(self):
        relay = self.relay(listen="[::1]:0")
        users = {user: self.peer(user, relay, listen="[::1]:0") for user in ("ann", "bob")}
        self.link_all(users)
        users["ann"].tell("bob", "six")
        users["bob"].wait_text("ann", "six")

    def test_default_addresses_without_any_option_link_on_one_machine(self):
        relay = self.start("--data-dir", self.folder / "relay", "--listen", "0.0.0.0:0", name="relay",
                           kind=Relay)
        users = {}
        for user in ("ann", "bob"):
            users[user] = self.start("--relay", relay.uri, "--user", user, "--data-dir", self.folder / user, "--json",
                                     "run", name=user, kind=Peer)
        self.link_all(users)


if __name__ == "__main__":
    unittest.main()
