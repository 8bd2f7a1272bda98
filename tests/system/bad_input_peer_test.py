# ctest: timeout=300
"""Bad input at a peer's own port, and from users who are logged in: forged senders, frames to self and to nobody."""

import contextlib
import os
import ssl
import struct
import unittest

from support.certificates import Identity
from support.programs import sanitized
from support.protobuf import decode
from support.sockets import LISTEN, tcp_connections
from support.undisturbed import BadInputTest
from support.wire import (CONTROL, ENVELOPE, ENVELOPE_REFUSED, MESSAGE, PING, PONG, PROTOCOL, RECEIPT, REFUSED,
                          VERSION, Client, Closed, control, frame, header, message, signed_record)


DELIVERED, NOT_TAKEN, TOO_LARGE, UNSUPPORTED = 1, 2, 3, 4  # What a receipt says.


class BadLinks(BadInputTest):
    def setUp(self):
        super().setUp()
        self.port = tcp_connections(self.honest["ann"].pid, LISTEN)[0].local[1]
        self.target = ("127.0.0.1", self.port)

    def tearDown(self):
        self.assert_undisturbed()

    def dial(self, identity=None, **options):
        client = Client(self.target, identity or self.attacker, **options)
        self.addCleanup(client.close)
        return client

    def log_in(self):
        """A session of mallory at the relay, without which no stranger gets a link; its number."""
        session = self.client().login(self.attacker, "mallory")["session"]
        self.honest["ann"].wait_presence("mallory", "online")
        return session

    def set_up(self, client, session, **changes):
        client.control(setup_p2p={
            "versions": {"lowest": VERSION, "highest": VERSION}, "session": session,
            "record": signed_record(self.attacker, "mallory"), "software": "test", **changes})

    def expect_closed(self, client):
        close = client.wait_close()
        with self.assertRaises((Closed, ConnectionError)):
            client.receive()
        client.close()  # Else the peer waits a second for it, before the link is down.
        return close

    def test_a_stranger_gets_no_link(self):
        since = self.honest["ann"].mark()
        client = self.dial()
        self.set_up(client, 0)
        close = self.expect_closed(client)
        self.assertEqual((close["reason"], close["code"]), (REFUSED, "unknown-user"))
        self.assertNotIn("mallory", self.honest["ann"].linked())
        self.assert_one_line(self.honest["ann"], since,
                             r"refused a connection from 127\.0\.0\.1:\d+: the relay does not know this user$")

    def test_a_good_set_up_makes_a_link(self):
        self.linked()

    def test_broken_frames_on_a_link_close_it_with_a_reason(self):
        session = self.log_in()
        for data in (header(CONTROL, 2**32 - 1), header(MESSAGE, 2**31), header(CONTROL, 0), header(MESSAGE, 0),
                     frame(0x7F, b"x"), frame(CONTROL, os.urandom(64)), frame(ENVELOPE, bytes(64)),
                     control(login_ok={"version": 1}), control(lookup={"query": 1, "user": "bob"}),
                     frame(MESSAGE, bytes(8)), frame(RECEIPT, b"\xff"), header(PING, 8, flags=1) + bytes(8)):
            with self.subTest(data=data):
                since = self.honest["ann"].mark()
                client = self.linked(session)
                client.send(data)
                self.assertEqual(self.expect_closed(client).get("reason"), PROTOCOL)
                self.honest["ann"].wait_link("mallory", "down", since)
                downs = self.honest["ann"].events("link", since, state="down")
                self.assertEqual([event["reason"] for event in downs], ["protocol"])
                self.assert_one_line(self.honest["ann"], since, "closed the link to mallory: .")

    def linked(self, session=None):
        """A link to ann as mallory."""
        since = self.honest["ann"].mark()
        client = self.dial()
        self.set_up(client, session or self.log_in())
        client.receive_control("setup_p2p")
        self.honest["ann"].wait_link("mallory", since=since)
        return client

    def test_a_message_that_comes_again_is_shown_once(self):
        client, ann = self.linked(), self.honest["ann"]
        same = message(b"only once", 1)
        for _ in range(5):
            client.send(same)
        client.send(message(b"the next", 2, floor=1))
        ann.wait_text("mallory", "the next")
        self.assertEqual([e["text"] for e in ann.events("message")], ["only once", "the next"])
        self.assertTrue(client.receive_frame(RECEIPT))

    def test_messages_that_cannot_be_are_a_broken_protocol_or_refused(self):
        """Never shown; the link is closed, or the sender is told by a receipt, or they are passed over with a line."""
        for number, (data, outcome) in enumerate((
                (message(b"x", 1, kind=0), "closed"), (message(b"x", 1, kind=9), UNSUPPORTED),
                (message(b"x", 1, reserved=1), "closed"), (message(b"x", 1, total=0), "closed"),
                (message(b"x", 1, total=2**32 - 1), "closed"), (message(b"x", 1, offset=2**32 - 1), "closed"),
                (message(b"x" * 10, 1, total=5), "closed"), (message(b"x", 1, floor=2), "passed over"),
                (message(b"x", 0, floor=0), "passed over"), (message(b"x" * (32 * 1024 + 1), 1), TOO_LARGE),
                (message(b"\xff\xfe", 1), NOT_TAKEN), (message(b"x", 1, kind=2, channel=b"Bad Channel"), "closed"),
                (message(b"x", 1, kind=2), "closed"))):
            with self.subTest(data=data[:80], outcome=outcome):
                self.send_what_cannot_be(f"mallory{number}", data, outcome)

    def send_what_cannot_be(self, name, data, outcome):
        """Each from a user of its own: of what is passed over the log has one line a user."""
        ann, identity = self.honest["ann"], Identity(self.folder, name)
        session = self.client(identity=identity).login(identity, name)["session"]
        ann.wait_presence(name, "online")
        client = self.dial(identity)
        client.control(setup_p2p={
            "versions": {"lowest": VERSION, "highest": VERSION}, "session": session,
            "record": signed_record(identity, name), "software": "test"})
        client.receive_control("setup_p2p")
        ann.wait_link(name)
        since = ann.mark()
        client.send(data)
        client.send(message(b"a good one", 2, floor=2))  # What came of the first is told before it.
        if outcome == "closed":
            close = self.expect_closed(client)
            self.assertEqual(close.get("reason"), PROTOCOL)
            ann.wait_link(name, "down", since)
            self.assertEqual(ann.events("message", since), [])
            self.assert_one_line(ann, since, rf"closed the link to {name}: .")
            return
        ann.wait_text(name, "a good one", since)
        self.assertEqual([e["text"] for e in ann.events("message", since)], ["a good one"])
        told = set()
        while DELIVERED not in told:
            payload = client.receive_frame(RECEIPT)
            told |= {payload[position + 16] for position in range(2, len(payload), 17)}
        if outcome == "passed over":
            self.assertEqual(told, {DELIVERED})
            self.assert_one_line(ann, since, rf"messages: {name} .* breaks the protocol")
        else:
            self.assertEqual(told, {outcome, DELIVERED}, "the sender is told, and nobody else has to be")
            self.assertEqual(self.lines_since(ann, since), [])
        client.close()
        ann.wait_link(name, "down", since)

    def test_numbers_at_the_edge(self):
        client, ann = self.linked(), self.honest["ann"]
        client.send(message(b"far ahead", 2**63, floor=2**63))
        client.send(message(b"at the end", 2**64 - 1, floor=2**64 - 1))
        client.send(message(b"back again", 1, floor=1))
        client.send(frame(RECEIPT, struct.pack(">H16sB", 1, os.urandom(16), 1)))  # For nothing we sent.
        client.send(frame(PING, b"12345678"))
        with contextlib.suppress(Closed):
            client.receive_frame(PONG)
        self.assertIsNone(ann.process.poll())

    def test_many_gaps_hold_no_memory(self):
        client = self.linked()
        with contextlib.suppress(OSError):
            for sequence in range(2, 5000 if sanitized() else 20000, 2):  # In either case twice what is held back.
                client.send(message(b"x" * 4000, sequence, floor=1))
        # Whether it is refused, passed over or closed: tearDown looks at the memory.

    def test_frames_before_the_set_up(self):
        self.log_in()
        for data in (frame(MESSAGE, bytes(64)), frame(RECEIPT, bytes(64)), header(CONTROL, 2**31),
                     control(login={"user": "mallory"})):
            with self.subTest(data=data):
                since = self.honest["ann"].mark()
                client = self.dial()
                client.send(data)
                self.expect_closed(client)
                self.assert_one_line(self.honest["ann"], since, "refused a connection from 127.0.0.1")

    def test_the_record_of_another_user_does_not_make_one_that_user(self):
        session = self.log_in()
        bob = Identity(self.folder)
        for changes in ({"record": signed_record(self.attacker, "bob")},
                        {"record": signed_record(bob, "bob")},
                        {"record": signed_record(bob, "bob", signer=self.attacker)},
                        {"record": {"record": b"", "signature": b""}},
                        {"versions": {"lowest": 99, "highest": 99}}):
            with self.subTest(changes=changes):
                since = self.honest["ann"].mark()
                client = self.dial()
                self.set_up(client, session, **changes)
                self.expect_closed(client)
                self.assert_one_line(self.honest["ann"], since, "refused a connection from 127.0.0.1")
                self.assertEqual(self.honest["ann"].events("link", since, user="bob"), [])

    def test_plaintext_old_tls_and_odd_certificates(self):
        ann = self.honest["ann"]
        for text in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 100, b"\x16nonsense"):
            with self.subTest(text=text):
                since = ann.mark()
                client = self.dial(plain=True)
                client.send(text)
                with contextlib.suppress(ConnectionError):
                    while client.socket.recv(4096):
                        pass
                self.assert_one_line(ann, since, "refused a connection from 127.0.0.1")
        for identity, versions in ((None, None), (Identity(self.folder, algorithm="rsa"), None),
                                   (Identity(self.folder, days=-1), None),
                                   (self.attacker, (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2))):
            with self.subTest(identity=identity, versions=versions):
                since = ann.mark()
                with contextlib.suppress(ssl.SSLError, ConnectionError), \
                        Client(self.target, identity, versions=versions) as client, self.assertRaises(Closed):
                    client.receive()
                self.assert_one_line(ann, since, "refused a connection from 127.0.0.1")

    def test_many_idle_strangers_do_not_keep_a_friend_out(self):
        with contextlib.ExitStack() as strangers:
            for _ in range(1000):
                strangers.enter_context(Client(self.target, plain=True))
            cy = self.peer("cy", self.server)
            cy.wait_link("ann")


class BadEnvelopes(BadInputTest):
    """The relay takes the sender from the session: nothing in a frame can change it."""

    def tearDown(self):
        self.assert_undisturbed()

    def test_envelopes_to_nobody_and_to_oneself_are_refused_and_the_session_goes_on(self):
        client = self.client()
        session = client.login(self.attacker, "mallory")["session"]
        self.server.wait_line(r"\bmallory logged in", "err")
        mark = self.server.mark()
        for target in (0, 1, 2**63, 2**64 - 1, session):
            with self.subTest(target=target):
                client.send(frame(ENVELOPE, struct.pack(">QQ", target, 77) + bytes(100)))
                refused = client.receive_frame(ENVELOPE_REFUSED)
                self.assertEqual(struct.unpack(">QQ", refused[:16]), (target, 77))
        # Each is told to its sender. That happens to honest ones too (who they write to has just left): no line.
        self.assert_lines_about(0, r"\bmallory\b", mark=mark)

    def test_an_envelope_that_is_not_from_whom_it_says_is_never_shown(self):
        client = self.client()
        client.login(self.attacker, "mallory")
        entries = {}
        while not {"ann", "bob"} <= set(entries):
            for entry in client.receive_control("directory_change").get("joined", []):
                record = decode("DirectoryRecord", entry["record"]["record"])
                entries[record["user"]] = entry
        self.honest["ann"].wait_presence("mallory", "online")
        since = self.honest["ann"].mark()
        for size in (0, 1, 16, 64, 200, 4000):
            client.send(frame(ENVELOPE, struct.pack(">QQ", entries["ann"]["session"], size) + os.urandom(size)))
        self.honest["bob"].tell("ann", "an honest word")
        self.honest["ann"].wait_text("bob", "an honest word")
        self.assertEqual([e["from"] for e in self.honest["ann"].events("message", since)], ["bob"])
        # One line for all that this session sends.
        self.assert_one_line(self.honest["ann"], since,
                             "an envelope of mallory is dropped: it is not sealed to our key$")


if __name__ == "__main__":
    unittest.main()
