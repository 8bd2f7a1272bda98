# ctest: timeout=300 labels=threads
"""Who dies is missed: by a closed socket at once, by silence after three heartbeats; links outlive the relay."""

import signal
import time
import unittest

from support.programs import ProgramTest, wait_until
from support.sockets import tcp_connections


class Deaths(ProgramTest):
    def start_three(self, *relay_options, **options):
        self.server = self.relay(*relay_options)
        users = {user: self.peer(user, self.server, **options) for user in ("ann", "bob", "cy")}
        self.link_all(users)
        for user, peer in users.items():
            wait_until(lambda: peer.present() == set(users) - {user}, f"{user} to be told of all others")
        return users

    def test_a_killed_peer_is_told_to_all_by_its_closed_socket(self):
        # At the default heartbeat silence would take 15 s; `reset` proves that the closed socket told it.
        users = self.start_three()
        marks = {user: users[user].mark() for user in ("ann", "bob")}
        others = {user: users[user] for user in ("ann", "bob")}
        before = time.monotonic()
        users["cy"].kill()
        for user, peer in others.items():
            left = peer.wait_presence("cy", "offline", marks[user])
            self.assertEqual(left["reason"], "reset")
            down = peer.wait_link("cy", "down", marks[user])
            self.assertEqual(down["reason"], "reset")
            # Within 1 s: asserted where time is virtual (tests/actors/testing/team_scenarios_test.cpp).
            print(f"{user} was told after {left['@seconds'] - before:.3f} s", flush=True)
            self.assertEqual(peer.present(), {"ann", "bob"} - {user})

    def test_a_goodbye_is_told_as_such(self):
        users = self.start_three()
        users["cy"].signal(signal.SIGTERM)
        for user in ("ann", "bob"):
            self.assertEqual(users[user].wait_presence("cy", "offline")["reason"], "goodbye")
            self.assertEqual(users[user].wait_link("cy", "down")["reason"], "goodbye")

    def test_a_stopped_peer_is_suspected_then_dropped_by_heartbeat_and_returns(self):
        users = self.start_three("--heartbeat", "1")
        marks = {user: users[user].mark() for user in users}
        users["cy"].signal(signal.SIGSTOP)
        for user in ("ann", "bob"):
            peer = users[user]
            suspect = peer.wait_presence("cy", "suspect", marks[user])
            offline = peer.wait_presence("cy", "offline", marks[user])
            self.assertEqual(offline["reason"], "heartbeat")
            self.assertLess(suspect["@seconds"], offline["@seconds"])
            self.assertEqual(peer.wait_link("cy", "down", marks[user])["reason"], "heartbeat")
        marks = {user: users[user].mark() for user in users}
        users["cy"].signal(signal.SIGCONT)
        for user in ("ann", "bob"):
            users[user].wait_presence("cy", "online", marks[user])
            users[user].wait_link("cy", "up", marks[user])
            since = users[user].tell("cy", f"welcome back from {user}")
            users["cy"].wait_text(user, f"welcome back from {user}")
            users[user].wait_delivered("cy", since)

    def test_links_and_chat_outlive_the_relay(self):
        users = self.start_three()
        marks = {user: peer.mark() for user, peer in users.items()}
        self.server.kill()
        for user, peer in users.items():
            peer.wait_event("session", marks[user], state="waiting")
        for user, peer in users.items():
            for other in set(users) - {user}:
                since = peer.tell(other, f"{user} without a relay")
                users[other].wait_text(user, f"{user} without a relay")
                self.assertEqual(peer.wait_delivered(other, since)["path"], "lan")
            self.assertEqual(peer.events("link", marks[user], state="down"), [])
            self.assertEqual(len(tcp_connections(peer.pid)), 2)

    def test_all_log_in_again_at_a_restarted_relay_and_keep_their_links(self):
        users = self.start_three()
        marks = {user: peer.mark() for user, peer in users.items()}
        port = self.server.port
        self.server.kill()
        for user, peer in users.items():
            peer.wait_event("session", marks[user], state="waiting")
        again = self.relay(listen=f"127.0.0.1:{port}")
        self.assertEqual(again.uri, self.server.uri)
        for user, peer in users.items():
            peer.wait_online(marks[user])
        # A newcomer finds all, and all find it: the relay knows everyone again.
        users["dee"] = self.peer("dee", again)
        self.link_all(users)
        for user, peer in users.items():
            if user != "dee":
                self.assertEqual(peer.events("link", marks[user], state="down"), [])

    def test_a_peer_killed_while_the_relay_is_down_is_missed_by_its_links(self):
        users = self.start_three()
        marks = {user: peer.mark() for user, peer in users.items()}
        self.server.kill()
        for user, peer in users.items():
            peer.wait_event("session", marks[user], state="waiting")
        users["cy"].kill()
        for user in ("ann", "bob"):
            self.assertEqual(users[user].wait_link("cy", "down", marks[user])["reason"], "reset")

    def test_a_peer_finds_a_relay_that_starts_later(self):
        relay = self.relay()
        uri, port = relay.uri, relay.port
        relay.stop()
        ann = self.peer("ann", uri, online=False)
        ann.wait_event("session", state="waiting")
        self.relay(listen=f"127.0.0.1:{port}")
        ann.wait_online()


if __name__ == "__main__":
    unittest.main()
