# ctest: timeout=300 labels=threads
"""Circuits with the real programs: a link through the relay where there is no direct one."""

import os
import socket
import unittest

from support.programs import ProgramTest, wait_until


class Circuits(ProgramTest):
    def pair(self, relay, *arguments):
        return {user: self.peer(user, relay, "--direct", "off", *arguments) for user in ("ann", "bob")}

    def test_who_has_no_direct_link_gets_one_through_the_relay_and_it_is_an_ordinary_link(self):
        users = self.pair(self.relay(), "--circuits", "always")
        for user, other in (("ann", "bob"), ("bob", "ann")):
            self.assertEqual(users[user].wait_link(other)["path"], "circuit")
        for user, other in (("ann", "bob"), ("bob", "ann")):
            since = users[user].tell(other, f"by circuit from {user}")
            self.assertEqual(users[other].wait_text(user, f"by circuit from {user}")["path"], "circuit")
            self.assertEqual(users[user].wait_delivered(other, since)["path"], "circuit")

    def test_a_circuit_ends_with_a_killed_peer_and_a_relay_without_circuits_makes_none(self):
        users = self.pair(self.relay(), "--circuits", "always")
        users["ann"].wait_link("bob")
        users["bob"].kill()
        users["ann"].wait_link("bob", "down")

        plain = self.relay("--circuits", "off", data="plain")
        cy = self.peer("cy", plain, "--direct", "off", "--circuits", "always")
        dan = self.peer("dan", plain, "--direct", "off")
        cy.wait_presence("dan", "online")
        since = cy.tell("dan", "in an envelope")
        self.assertEqual(dan.wait_text("cy", "in an envelope")["path"], "relay")
        self.assertEqual(cy.wait_delivered("dan", since)["path"], "relay")
        self.assertEqual(cy.events("link"), [])

    def test_a_guessed_token_is_refused_and_logged(self):
        relay = self.relay()
        with socket.create_connection((relay.host, relay.port)) as guess:
            guess.settimeout(20)
            guess.sendall(b"\xc1HB1" + os.urandom(32))
            self.assertEqual(guess.recv(1), b"")
        wait_until(lambda: "the token of a circuit is not valid" in relay.text(), "a line in the relay's log")


if __name__ == "__main__":
    unittest.main()
