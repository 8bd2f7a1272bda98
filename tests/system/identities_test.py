# ctest: timeout=300 labels=threads
"""Names and keys: two logins of one user, a stolen name, a changed key, closed registration."""

import shutil
import unittest

from support.certificates import Identity
from support.programs import ProgramTest, wait_until
from support.wire import REFUSED, REPLACED, Client, Closed


class Identities(ProgramTest):
    def copy_of(self, user, name):
        """A second data directory with the same key."""
        self.run_program("peer_main", "--data-dir", self.folder / user, "--user", user, "id")
        (self.folder / name).mkdir(mode=0o700)
        shutil.copy(self.folder / user / "identity", self.folder / name / "identity")
        return name

    def test_a_newer_login_of_a_user_replaces_the_older_which_is_told_and_stays_away(self):
        relay = self.relay()
        second = self.copy_of("ann", "ann-again")
        bob = self.peer("bob", relay)
        old = self.peer("ann", relay)
        bob.wait_link("ann")
        new = self.peer("ann", relay, data=second)
        told = old.wait_event("session", state="replaced")
        self.assertTrue(told["detail"])
        new.wait_link("bob")
        since = bob.tell("ann", "which of you?")
        new.wait_text("bob", "which of you?")
        bob.wait_delivered("ann", since)
        self.assertEqual(old.events("message"), [])
        # It stays away: a third login of the user is again the only reason for the second to go.
        third = self.copy_of("ann", "ann-third")
        self.peer("ann", relay, data=third)
        new.wait_event("session", state="replaced")
        self.assertEqual(len(old.events("session", state="online")), 1)

    def test_a_command_with_a_copy_of_the_key_replaces_the_running_peer_which_is_told(self):
        relay = self.relay()
        copy = self.copy_of("ann", "ann-copy")
        bob = self.peer("bob", relay)
        running = self.peer("ann", relay)
        bob.wait_link("ann")
        running.wait_link("bob")
        said = self.run_peer("ann", relay, "say", "bob", "from elsewhere", data=copy)
        self.assertEqual(said.code, 0, said)
        running.wait_event("session", state="replaced")
        self.assertEqual(running.wait_exit(), 5)
        self.assertEqual(running.events("presence", state="offline"), [], "it is the one who is gone")
        # Once, and that for good.
        bob.wait_link("ann", "down")
        self.assertEqual(len(running.events("link", state="up")), 1)

    def test_the_wire_tells_a_replaced_session_why(self):
        relay = self.relay()
        ann = Identity(self.folder)
        with Client((relay.host, relay.port), ann) as old, Client((relay.host, relay.port), ann) as new:
            old.login(ann, "ann")
            new.login(ann, "ann")
            self.assertEqual(old.wait_close()["reason"], REPLACED)

    def test_a_stolen_name_is_refused_with_a_clear_word(self):
        relay = self.relay()
        self.peer("ann", relay)
        thief = self.run_peer("ann", relay, "status", data="thief")
        self.assertEqual(thief.code, 4, thief)
        self.assertEqual(thief.event("error")["code"], "name-taken")
        self.assertIn("ann", thief.err)
        running = self.peer("ann", relay, data="thief", online=False)
        self.assertEqual(running.wait_event("session", state="refused")["code"], "name-taken")
        self.assertEqual(running.wait_exit(), 4)

    def test_the_relay_closes_a_stolen_name_on_the_wire(self):
        relay = self.relay()
        self.peer("ann", relay)
        thief = Identity(self.folder)
        with Client((relay.host, relay.port), thief) as client:
            client.send_login(thief, "ann")
            close = client.wait_close()
        self.assertEqual((close["reason"], close["code"]), (REFUSED, "name-taken"))

    def test_a_changed_key_blocks_sending_until_it_is_accepted(self):
        relay = self.relay()
        ann = self.peer("ann", relay)
        bob = self.peer("bob", relay)
        ann.wait_link("bob")
        before = self.run_peer("ann", relay, "verify", "bob")
        self.assertEqual(before.code, 0, before)
        bob.stop()
        # Bob lost his key; the one who keeps the relay lets his name be bound to the new one.
        new_key = self.fingerprint_of("bob", data="bob-new")
        done = self.run_program("relay_main", "--data-dir", self.folder / "relay", "rebind", "bob", new_key)
        self.assertEqual(done.code, 0, done)
        since = ann.mark()
        new = self.peer("bob", relay, data="bob-new")
        loud = ann.wait_presence("bob", "online", since)
        self.assertTrue(loud["key_changed"])
        ann.wait_line("WARNING: bob shows another key", "err", since)
        ann.tell("bob", "secret")
        failed = ann.wait_event("progress", since, to="bob", state="failed")
        self.assertEqual(failed["code"], "key-changed")
        ann.wait_line("(?i)key", "err", since)
        refused = self.run_peer("ann", relay, "say", "bob", "secret too")
        self.assertEqual(refused.code, 4, refused)
        self.assertIn("verify", refused.err, "it says what one can do about it")
        self.assertEqual(new.events("message"), [])
        pinged = self.run_peer("ann", relay, "ping", "bob")
        self.assertEqual(pinged.code, 4, pinged)
        self.assertEqual(pinged.event("error")["code"], "key-changed")
        self.assertNotIn("not online", pinged.err)

        # The other way: who is not trusted hears so at once, and ann that something came.
        said = self.run_peer("bob", relay, "say", "ann", "believe me", data="bob-new")
        self.assertEqual(said.code, 4, said)
        self.assertEqual(said.event("error")["code"], "key-not-trusted")
        self.assertEqual(ann.wait_event("presence", since, user="bob", messages_refused=1)["key_changed"], True)
        ann.wait_line("WARNING: 1 message under another key of bob", "err", since)
        self.assertEqual(ann.events("message"), [])

        accepted = self.run_peer("ann", relay, "verify", "--accept", "bob")
        self.assertEqual(accepted.code, 0, accepted)
        said = self.run_peer("ann", relay, "say", "bob", "hello again")
        self.assertEqual(said.code, 0, said)
        new.wait_text("ann", "hello again")

    def test_a_key_that_cannot_be_stored_is_accepted_for_this_run_only_and_said_so(self):
        relay = self.relay()
        ann, bob = self.peer("ann", relay), self.peer("bob", relay)
        ann.wait_link("bob")
        kept, written = self.folder / "ann" / "known_keys", self.folder / "ann" / "known_keys.new"
        wait_until(lambda: kept.is_file() and "bob" in kept.read_text() and not written.exists(),
                   "ann to have stored the key of bob")
        (written / "in-the-way").mkdir(parents=True)
        accepted = self.run_peer("ann", relay, "verify", "--accept", "bob")
        self.assertEqual(accepted.code, 2, accepted)
        self.assertEqual(accepted.event("error")["code"], "not-stored")
        self.assertTrue(accepted.event("verify")["verified"])
        (self.folder / "ann" / "known_keys.new" / "in-the-way").rmdir()
        (self.folder / "ann" / "known_keys.new").rmdir()
        accepted = self.run_peer("ann", relay, "verify", "--accept", "bob")
        self.assertEqual(accepted.code, 0, accepted)

    def fingerprint_of(self, user, data=None):
        done = self.run_program("peer_main", "--data-dir", self.folder / (data or user), "--user", user, "--json", "id")
        self.assertEqual(done.code, 0, done)
        return done.event("id")["fingerprint"]

    def test_safety_words_are_the_same_on_both_sides(self):
        relay = self.relay()
        ann, bob = self.peer("ann", relay), self.peer("bob", relay)
        ann.wait_link("bob")
        bob.wait_link("ann")
        words = [self.run_peer(one, relay, "verify", other).event("verify")["safety_words"]
                 for one, other in (("ann", "bob"), ("bob", "ann"))]
        self.assertTrue(words[0])
        self.assertEqual(words[0], words[1])

    def test_a_changed_relay_key_is_refused(self):
        relay = self.relay()
        ann = self.peer("ann", relay)
        ann.stop()
        relay.stop()
        other = self.relay(data="other-relay", listen=f"127.0.0.1:{relay.port}")
        self.assertNotEqual(other.fingerprint, relay.fingerprint)
        # By the pinned fingerprint of the URI, and by the one learned at first use.
        for uri in (relay.uri, f"hobnob://127.0.0.1:{relay.port}/"):
            refused = self.run_peer("ann", uri, "status")
            self.assertEqual(refused.code, 4, refused)
            self.assertEqual(refused.event("error")["code"], "relay-key-changed")

    def test_a_changed_relay_key_is_accepted_by_naming_it_and_then_known(self):
        relay = self.relay()
        self.peer("ann", relay).stop()
        relay.stop()
        other = self.relay(data="other-relay", listen=f"127.0.0.1:{relay.port}")
        by_address = f"hobnob://127.0.0.1:{relay.port}/"
        refused = self.run_peer("ann", by_address, "status")
        self.assertEqual(refused.code, 4, refused)
        self.assertIn("id=", refused.err, "it says what one can do about it")
        # The address with the new key in it is a person's word that this key is meant.
        accepted = self.run_peer("ann", other, "status")
        self.assertEqual(accepted.code, 0, accepted)
        known = self.run_peer("ann", by_address, "status")
        self.assertEqual(known.code, 0, known)
        # The old one is as unknown now as the new one was before.
        other.stop()
        again = self.relay(listen=f"127.0.0.1:{relay.port}")
        self.assertEqual(again.fingerprint, relay.fingerprint)
        refused = self.run_peer("ann", by_address, "status")
        self.assertEqual(refused.event("error")["code"], "relay-key-changed")

    def test_closed_registration_admits_bound_names_only(self):
        relay = self.relay("--registration", "closed")
        refused = self.run_peer("ann", relay, "status")
        self.assertEqual(refused.code, 5, refused)
        self.assertEqual(refused.event("error")["code"], "registration-closed")
        key = self.fingerprint_of("ann")
        admin = ("relay_main", "--data-dir", self.folder / "relay")
        self.assertEqual(self.run_program(*admin, "admit", "ann", key).code, 0)
        ann = self.peer("ann", relay)
        users = self.run_program(*admin, "users")
        self.assertEqual(users.code, 0, users)
        self.assertIn("ann", users.out)
        self.assertEqual(self.run_program(*admin, "kick", "ann").code, 0)
        self.assertEqual(ann.wait_event("session", state="refused")["code"], "kicked")
        self.assertEqual(ann.wait_exit(), 5)
        again = self.peer("ann", relay)
        self.assertEqual(self.run_program(*admin, "remove", "ann").code, 0)
        again.wait_event("session", state="refused")

    def test_admin_commands_work_without_a_running_relay(self):
        relay = self.relay("--registration", "closed")
        relay.stop()
        key = self.fingerprint_of("ann")
        admin = ("relay_main", "--data-dir", self.folder / "relay")
        self.assertEqual(self.run_program(*admin, "admit", "ann", key).code, 0)
        again = self.relay("--registration", "closed", listen="127.0.0.1:0")
        self.peer("ann", again)

    def test_names_are_judged_before_anything_else(self):
        relay = self.relay()
        for name in ("Ann", "a b", "", "..", "a..b", "-ann", "ann\x1b[2J", "änn", "a" * 33, "аnn"):
            refused = self.run_peer(name, relay, "status", data="named")
            self.assertEqual(refused.code, 1, f"{name!r}: {refused}")
            self.assertNotIn("\x1b", refused.err)

    def test_the_relay_refuses_bad_names_on_the_wire(self):
        relay = self.relay()
        ann = Identity(self.folder)
        ports = []
        for name in ("Ann", "a b", "", "..", "a..b", "-ann", "ann\x1b[2J", "änn", "a" * 33, "a" * 4000, "ann\0", "ann\n"):
            with self.subTest(name=name), Client((relay.host, relay.port), ann) as client:
                ports.append(client.socket.getsockname()[1])
                client.send_login(ann, name)
                close = client.wait_close()
                self.assertEqual((close["reason"], close["code"]), (REFUSED, "bad-name"))
                with self.assertRaises(Closed):
                    client.receive()
        with Client((relay.host, relay.port), ann) as client:
            self.assertTrue(client.login(ann, "ann")["newly_bound"])
        relay.wait_line(r"\bann logged in", "err")  # What came before stands before it.
        relay_log = relay.text("err")
        for port in ports:
            about = [line for line in relay_log.splitlines() if f"127.0.0.1:{port} " in line]
            self.assertEqual(len(about), 1, relay_log)
            self.assertRegex(about[0], "warning: relay: closed .*name")
        self.assertNotIn("\x1b", relay_log)
        self.assertNotIn("\0", relay_log)


if __name__ == "__main__":
    unittest.main()
