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
    next_lines = 0

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
        for raw in (b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"cut \xe2\x82"):
            self.expect_answer(b"/msg bob " + raw, "bad-text")

    def expect_answer(self, line, code):
        """Ann answers a line with one error event and one line for people, or (code None) not at all; bob gets nothing."""
        ann, bob = self.honest["ann"], self.honest["bob"]
        since, before = ann.mark(), bob.mark()
        ann.say(line)
        self.next_lines += 1
        following = f"the next line, {self.next_lines}"  # Answers come in the order of lines.
        ann.tell("bob", following)
        ann.wait_delivered("bob", since)
        bob.wait_text("ann", following, before)
        if code:
            ann.wait_line(rf"^error: .*\[{code}\]$", "err", since)
        with self.subTest(line=line[:40]):
            self.assertEqual([e["code"] for e in ann.events("error", since)], [code] if code else [])
            self.assertEqual(len(self.lines_since(ann, since)), 1 if code else 0)
            self.assertEqual([e["text"] for e in bob.events("message", before)], [following])

    def test_lines_beyond_every_measure(self):
        ann = self.honest["ann"]
        before = resident_kib(ann.pid)
        self.expect_answer(b"/msg bob " + b"x" * (1 << 20), "too-large")
        self.expect_answer(b"/msg bob " + b"y" * (32 * 1024 + 1), "too-large")
        for _ in range(16):
            self.expect_answer(b"/" + b"z" * (1 << 20), "too-large")
        self.assertLess(resident_kib(ann.pid) - before, 32 * 1024 * (10 if sanitized() else 1))

    def test_the_longest_text_passes(self):
        text = "\u00e9" * (16 * 1024)
        self.honest["ann"].tell("bob", text)
        self.honest["bob"].wait_text("ann", text)

    def test_nul_bytes_and_empty_lines(self):
        for line, code in ((b"\0", "no-conversation"), (b"", None), (b" ", None), (b"/", "unknown-command"),
                           (b"/msg", "usage"), (b"/msg \0 \0", "bad-name"), (b"/ping", "usage"), (b"/verify", "usage"),
                           (b"/\xff", "unknown-command")):
            self.expect_answer(line, code)

    def test_names_with_escapes_spaces_and_wrong_case(self):
        for name in ("BOB", "\x1b[2Jbob", "..", "-bob", "b\u043eb", "a" * 4000, "bob\u200b"):
            self.expect_answer(f"/msg {name} hello".encode(), "bad-name")


class HostileArguments(ProgramTest):
    def test_arguments_are_not_echoed_raw(self):
        for arguments in (("say", "\x1b[2J", "hi"), ("--relay", "hobnob://\x1b[2J/", "status"), ("\x1b]0;t\x07",)):
            done = self.run_program("peer_main", "--data-dir", self.folder / "p", "--user", "ann", *arguments)
            self.assertEqual(done.code, 1, done)
            self.assertNotIn("\x1b", done.err + done.out)


if __name__ == "__main__":
    unittest.main()
