# ctest: timeout=300
"""Text and names that would do harm on a terminal or in a log, and lines beyond every measure."""

import re
import unittest

from support.programs import ProgramTest, resident_kib, sanitized
from support.undisturbed import BadInputTest

HOSTILE = {
    "clear screen": "\x1b[2J\x1b[H",
    "window title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;aGFsbG8=\x07",
    "link": "\x1b]8;;http://example.com\x1b\\click\x1b]8;;\x1b\\",
    "device control": "\x1bP1$r0m\x1b\\",
    "eight-bit control": "\x9b2J",
    "right to left": "photo\u202egnp.exe\u202c",
    "isolates": "\u2066a\u2069",
    "zero width": "pay\u200bpal",
    "bell and backspace": "\x07\x08\x08\x08",
    "carriage return": "hello\rgoodbye",
    "delete": "\x7f\x7f",
    "many marks": "e" + "\u0301" * 200,
    "json": '"}\\n{"event":"session","state":"online"}',
}
CONTROL_BYTES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class HostileText(BadInputTest):
    def tearDown(self):
        self.assert_undisturbed()

    def test_hostile_text_arrives_exactly_as_an_event(self):
        ann, bob = self.honest["ann"], self.honest["bob"]
        for name, text in HOSTILE.items():
            if "\r" in text:
                continue
            with self.subTest(name):
                ann.tell("bob", text)
                bob.wait_text("ann", text)
        for line in bob.text("out").splitlines():
            self.assertIsNone(re.search(r"[\x00-\x1f\x7f]", line), line)

    def test_hostile_text_is_shown_escaped(self):
        people = self.start(*self.peer_options("cy", self.server.uri), "run", name="cy")
        bob = self.honest["bob"]
        bob.wait_link("cy")
        for text in HOSTILE.values():
            bob.tell("cy", text + " ~")
        bob.tell("cy", "the last one")
        people.wait_line("the last one")
        for line in people.text().splitlines():
            self.assertIsNone(CONTROL_BYTES.search(line), repr(line))

    def test_invalid_utf_8_is_refused_or_repaired_never_passed_on(self):
        ann, bob = self.honest["ann"], self.honest["bob"]
        for raw in (b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"cut \xe2\x82"):
            since = ann.mark()
            ann.say(b"/msg bob " + raw)
            ann.wait(f"an answer to {raw!r}", lambda which, text, _: which == "out" and (
                '"error"' in text or '"delivered"' in text), since)
        ann.tell("bob", "after all that")
        bob.wait_text("ann", "after all that")

    def test_lines_beyond_every_measure(self):
        ann = self.honest["ann"]
        before = resident_kib(ann.pid)
        since = ann.mark()
        ann.say(b"/msg bob " + b"x" * (1 << 20))
        ann.wait_event("error", since)
        since = ann.mark()
        ann.say("/msg bob " + "y" * (32 * 1024 + 1))
        ann.wait("a refusal", lambda which, text, _: which == "out" and "too-large" in text, since)
        for _ in range(16):
            ann.say(b"/" + b"z" * (1 << 20))
        self.assertLess(resident_kib(ann.pid) - before, 32 * 1024 * (10 if sanitized() else 1))

    def test_the_longest_text_passes(self):
        text = "\u00e9" * (16 * 1024)
        self.honest["ann"].tell("bob", text)
        self.honest["bob"].wait_text("ann", text)

    def test_nul_bytes_and_empty_lines(self):
        ann = self.honest["ann"]
        for line in (b"", b"\0", b"/", b"/msg", b"/msg bob", b"/msg \0 \0", b" ", b"/ping", b"/verify", b"/\xff"):
            ann.say(line)

    def test_names_with_escapes_spaces_and_wrong_case(self):
        ann = self.honest["ann"]
        for name in ("BOB", "\x1b[2Jbob", "..", "-bob", "b\u043eb", "a" * 4000, "bob\u200b"):
            since = ann.mark()
            ann.tell(name, "hello")
            found = ann.wait("an error", lambda which, text, _: which == "out" and (
                '"failed"' in text or '"error"' in text), since)
            self.assertTrue(found)
        self.assertEqual([e for e in self.honest["bob"].events("message") if e["text"] == "hello"], [])


class HostileArguments(ProgramTest):
    def test_arguments_are_not_echoed_raw(self):
        for arguments in (("say", "\x1b[2J", "hi"), ("--relay", "hobnob://\x1b[2J/", "status"), ("\x1b]0;t\x07",)):
            done = self.run_program("peer_main", "--data-dir", self.folder / "p", "--user", "ann", *arguments)
            self.assertEqual(done.code, 1, done)
            self.assertNotIn("\x1b", done.err + done.out)


if __name__ == "__main__":
    unittest.main()
