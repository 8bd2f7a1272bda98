# ctest: timeout=300
"""Peers behind firewalls: linked by the side that can dial, through the relay where none can, and told why."""

import unittest

from support.netns import NetworkTest
from support.programs import wait_until
from support.sockets import LISTEN, tcp_connections


class Firewall(NetworkTest):
    def setUp(self):
        super().setUp()
        self.host("relay")

    def who(self, user, relay, other):
        done = self.run_peer_on(user, relay, "who")
        self.assertEqual(done.code, 0, done)
        for event in done.events:
            if event["event"] == "user" and event["user"] == other:
                return event
        raise AssertionError(f"{other} is not in {done!r}")

    def test_a_peer_that_takes_no_connections_is_linked_by_its_own_dial(self):
        self.host("ann")
        self.host("bob", firewall=True)
        relay = self.relay_on("relay")
        users = {user: self.peer_on(user, relay) for user in ("bob", "ann")}
        self.link_all(users)
        self.assertTrue(users["bob"].wait_link("ann")["dialled"], "only bob can have dialled")
        users["ann"].tell("bob", "in by your own door")
        self.assertEqual(users["bob"].wait_text("ann", "in by your own door")["path"], "lan")
        users["bob"].tell("ann", "and back")
        self.assertEqual(users["ann"].wait_text("bob", "and back")["path"], "lan")

    def test_the_link_uses_the_port_that_reached_the_relay(self):
        self.host("ann")
        self.host("bob", firewall=True)
        relay = self.relay_on("relay")
        users = {user: self.peer_on(user, relay) for user in ("bob", "ann")}
        self.link_all(users)
        for user, peer in users.items():
            listening = {c.local[1] for c in tcp_connections(peer.pid, LISTEN)}
            self.assertEqual(len(listening), 1)
            # As `ss` shows it: the session to the relay and the link share the port that the peer listens on.
            rows = self.network.sockets(self.hosts[user])
            self.assertEqual(len(rows), 2, rows)
            self.assertEqual({int(local.rsplit(":", 1)[1]) for local, _ in rows}, listening, rows)

    def test_two_peers_that_cannot_reach_each_other_talk_through_the_relay_and_who_says_why(self):
        self.host("ann")
        self.host("bob")
        self.separate("ann", "bob")
        relay = self.relay_on("relay")
        users = {user: self.peer_on(user, relay) for user in ("ann", "bob")}
        for user, other in (("ann", "bob"), ("bob", "ann")):
            users[user].wait_presence(other, "online")
        for user, other in (("ann", "bob"), ("bob", "ann")):
            since = users[user].tell(other, f"by relay from {user}")
            self.assertEqual(users[other].wait_text(user, f"by relay from {user}")["path"], "relay")
            self.assertEqual(users[user].wait_delivered(other, since)["path"], "relay")

        def row_between_two_rounds():  # The first one ends when nothing has come back for some seconds.
            row = self.who("ann", relay, "bob")
            return row if "retry_in_ms" in row and all(a["error"] for a in row["attempts"]) else None
        row = wait_until(row_between_two_rounds, "what came of dialling bob, and when it is tried again")
        self.assertEqual(row["path"], "relay")
        self.assertIn("10.9.0.3", [a["address"].rsplit(":", 1)[0] for a in row["attempts"]])
        self.assertRegex(row["why_not_direct"], r"addresses answers: \S+: .*(timed out|no answer)")

        def row_of_the_next_round():
            row = self.who("ann", relay, "bob")
            return row if "retry_in_ms" not in row else None
        row = wait_until(row_of_the_next_round, "bob to be dialled again")
        self.assertTrue(all(a["error"] for a in row["attempts"]), "what came of the last time is still known")
        self.assertRegex(row["why_not_direct"], r"still trying; last time \S+: .*(timed out|no answer)")

    def test_who_names_the_error_and_the_next_try(self):
        # Ann cannot dial bob; bob's own dial is lost too, for he may open none.
        self.host("ann")
        self.host("bob")
        self.network.refuse(self.hosts["bob"], self.address("ann"), self.address("ann", v6=True))
        relay = self.relay_on("relay")
        users = {user: self.peer_on(user, relay) for user in ("ann", "bob")}
        users["ann"].wait_presence("bob", "online")

        def refused_row():
            row = self.who("ann", relay, "bob")
            return row if any(attempt["error"] for attempt in row["attempts"]) else None
        row = wait_until(refused_row, "a finished attempt")
        self.assertIn("refused", " ".join(attempt["error"] for attempt in row["attempts"]))
        self.assertGreaterEqual(row["retry_in_ms"], 0)

    def test_require_direct_refuses_the_relay(self):
        self.host("ann")
        self.host("bob")
        self.separate("ann", "bob")
        relay = self.relay_on("relay")
        ann, bob = self.peer_on("ann", relay), self.peer_on("bob", relay)
        ann.wait_presence("bob", "online")
        said = self.run_peer_on("ann", relay, "say", "bob", "directly or not at all", "--require-direct")
        self.assertEqual(said.code, 5, said)
        self.assertEqual(said.event("error")["code"], "require-direct")
        self.assertEqual(bob.events("message"), [])

    def test_a_conversation_moves_from_relay_to_link_when_the_firewall_opens(self):
        self.host("ann")
        self.host("bob")
        self.separate("ann", "bob")
        relay = self.relay_on("relay")
        ann, bob = self.peer_on("ann", relay), self.peer_on("bob", relay)
        ann.wait_presence("bob", "online")
        ann.tell("bob", "first")
        self.assertEqual(bob.wait_text("ann", "first")["path"], "relay")
        self.network.open_firewall(self.hosts["ann"])
        ann.wait_link("bob")
        ann.tell("bob", "second")
        self.assertEqual(bob.wait_text("ann", "second")["path"], "lan")

    def test_a_cut_cable_moves_messages_to_the_relay_in_order_and_once(self):
        self.host("ann")
        self.host("bob")
        relay = self.relay_on("relay", "--heartbeat", "1")
        ann, bob = self.peer_on("ann", relay), self.peer_on("bob", relay)
        self.link_all({"ann": ann, "bob": bob})
        self.separate("ann", "bob")
        texts = [f"number {i}" for i in range(50)]
        for text in texts:
            ann.tell("bob", text)
        bob.wait_text("ann", texts[-1])
        received = bob.events("message")
        self.assertEqual([e["text"] for e in received], texts)
        self.assertEqual({e["path"] for e in received}, {"relay"})
        self.assertEqual(ann.wait_link("bob", "down")["reason"], "heartbeat")


class Version6(NetworkTest):
    def test_all_of_it_over_ipv6_alone(self):
        for name in ("relay", "ann", "bob"):
            self.host(name, v4=False)
        relay = self.relay_on("relay", v6=True)
        users = {user: self.peer_on(user, relay) for user in ("ann", "bob")}
        self.link_all(users)
        self.assertTrue(users["ann"].wait_link("bob")["remote"].startswith("[fd09::"))
        users["ann"].tell("bob", "six")
        self.assertEqual(users["bob"].wait_text("ann", "six")["path"], "lan")


if __name__ == "__main__":
    unittest.main()
