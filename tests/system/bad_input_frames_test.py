# ctest: timeout=300
"""Broken frames at the relay: each is closed with a reason and one log line, and disturbs nobody."""

import os
import unittest

from support.undisturbed import BadInputTest
from support.wire import (CONTROL, ENVELOPE, ENVELOPE_FROM, MESSAGE, PING, PONG, PROTOCOL, RECEIPT, REFUSED, VERSION,
                          Closed, control, frame, header)


class BadFrames(BadInputTest):
    def tearDown(self):
        self.assert_undisturbed()

    def expect_protocol_close(self, *, logged_in=False, data=b"", reason=PROTOCOL):
        """After `data` the relay says why and closes, and logs one line."""
        client, mark = self.connected(logged_in)
        client.send(data)
        close = client.wait_close()
        self.assertEqual(close.get("reason"), reason, close)
        self.assertTrue(close["detail"])
        self.assertLessEqual(len(close["detail"]), 200)
        with self.assertRaises(Closed):
            client.receive()
        names = self.names_of(client)
        client.close()
        self.assert_lines_about(1, *names, mark=mark)

    def connected(self, logged_in=False):
        """A connection, as a stranger or as mallory, and the place in the log from which on it counts."""
        mark = self.server.mark()
        client = self.client()
        if logged_in:
            client.login(self.attacker, "mallory")
            client.receive_control("directory_change")
            self.server.wait_line(r"\bmallory logged in", "err", mark)
            mark = self.server.mark()
        return client, mark

    def names_of(self, client):
        """How the log may call it."""
        return r"\bmallory\b", rf":{client.socket.getsockname()[1]}\b"

    def test_lengths_beyond_every_limit(self):
        for logged_in in (False, True):
            for size in (2**31, 2**32 - 1, 2**31 - 1, 64 * 1024 + 1, 256 * 1024 + 1):
                with self.subTest(size=size, logged_in=logged_in):
                    self.expect_protocol_close(logged_in=logged_in, data=header(CONTROL, size))

    def test_a_frame_over_the_budget_of_a_stranger(self):
        self.expect_protocol_close(data=frame(CONTROL, bytes(17 * 1024)), reason=REFUSED)

    def test_empty_frames(self):
        for logged_in in (False, True):
            for kind in (CONTROL, PING, ENVELOPE):
                with self.subTest(kind=kind, logged_in=logged_in):
                    self.expect_protocol_close(logged_in=logged_in, data=header(kind, 0))

    def test_unknown_types(self):
        for logged_in in (False, True):
            for kind in (0x00, 0x04, 0x13, 0x7F, 0x80, 0xFF):
                with self.subTest(kind=kind, logged_in=logged_in):
                    self.expect_protocol_close(logged_in=logged_in, data=frame(kind, b"x" * 8))

    def test_reserved_bits(self):
        for flags, reserved in ((1, 0), (0, 1), (0xFF, 0xFFFF)):
            with self.subTest(flags=flags, reserved=reserved):
                self.expect_protocol_close(data=header(PING, 8, flags, reserved) + b"12345678")

    def test_control_messages_that_are_none(self):
        for payload in (os.urandom(64), b"\xff" * 100, b"\x0a\xff\xff\xff\xff\x0f", b"\x12\x7fshort", b"\xaa\x06\x01x"):
            for logged_in in (False, True):
                with self.subTest(payload=payload, logged_in=logged_in):
                    self.expect_protocol_close(logged_in=logged_in, data=frame(CONTROL, payload))

    def test_valid_frames_before_the_login(self):
        for data in (frame(ENVELOPE, bytes(64)), frame(MESSAGE, bytes(64)), frame(RECEIPT, bytes(64)),
                     control(lookup={"query": 1, "user": "ann"}), control(login_ok={"version": 1, "session": 1}),
                     control(setup_p2p={"session": 1}), control(directory_change={"snapshot_end": True})):
            with self.subTest(data=data):
                self.expect_protocol_close(data=data)

    def test_valid_frames_in_the_wrong_direction_after_the_login(self):
        for data in (frame(ENVELOPE_FROM, bytes(64)), frame(MESSAGE, bytes(64)), frame(RECEIPT, bytes(64)),
                     control(login_ok={"version": 1, "session": 1}), control(setup_p2p={"session": 1}),
                     control(directory_change={"snapshot_end": True}), control(lookup_result={"query": 1})):
            with self.subTest(data=data):
                self.expect_protocol_close(logged_in=True, data=data)

    def test_a_second_login_on_one_connection(self):
        client, mark = self.connected(logged_in=True)
        client.send_login(self.attacker, "mallory")
        self.assertEqual(client.wait_close()["reason"], PROTOCOL)
        client.close()
        self.assert_lines_about(1, r"\bmallory\b", mark=mark)

    def test_versions_that_are_not_spoken_here(self):
        for lowest, highest in ((VERSION + 1, VERSION + 5), (0, 0), (2**32 - 1, 2**32 - 1), (VERSION + 1, VERSION)):
            with self.subTest(lowest=lowest, highest=highest):
                client, mark = self.connected()
                client.send_login(self.attacker, "mallory", versions={"lowest": lowest, "highest": highest})
                close = client.wait_close()
                self.assertEqual((close["reason"], close["code"]), (REFUSED, "version"))
                names = self.names_of(client)
                client.close()
                self.assert_lines_about(1, *names, mark=mark)

    def test_a_range_of_versions_finds_the_common_one(self):
        client = self.client()
        done = client.login(self.attacker, "mallory", versions={"lowest": VERSION, "highest": VERSION + 7})
        self.assertEqual(done["version"], VERSION)

    def test_a_header_cut_at_every_byte(self):
        whole = header(PING, 8) + b"12345678"
        for logged_in in (False, True):
            for cut in range(len(whole)):
                with self.subTest(cut=cut, logged_in=logged_in):
                    client, mark = self.connected(logged_in)
                    names = self.names_of(client)
                    client.send(whole[:cut])
                    client.abort() if cut % 2 else client.close()
                    self.assert_lines_about(1, *names, mark=mark)

    def test_frames_that_come_byte_by_byte_are_frames_all_the_same(self):
        client = self.client()
        client.login(self.attacker, "mallory")
        for byte in header(PING, 8) + b"12345678":
            client.send(bytes([byte]))
        self.assertEqual(client.receive_frame(PONG), b"12345678")

    def test_many_tiny_frames_are_answered_or_the_flooder_is_closed(self):
        client, mark = self.connected(logged_in=True)
        client.socket.settimeout(30)
        try:
            for _ in range(50):
                client.send((header(PING, 8) + b"12345678") * 2000)
        except OSError:  # Closed, or stalled for its own slowness in reading: both are fair.
            client.abort()
            self.assert_lines_about(1, r"\bmallory\b", mark=mark)
            return
        self.assertEqual(client.receive_frame(PONG), b"12345678")


if __name__ == "__main__":
    unittest.main()
