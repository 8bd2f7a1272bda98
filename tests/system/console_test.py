# ctest: timeout=300
"""The console in a real terminal: lines that come never tear the line being typed; completion; clean ends."""

import re
import unittest

from support.programs import ProgramTest
from support.terminal import Terminal


class Console(ProgramTest):
    def chat(self, user, relay, *arguments, **options):
        terminal = Terminal([*self.peer_options(user, relay.uri), *arguments, "chat"], self.folder, **options)
        self.programs.append(terminal)
        return terminal

    def start_with_bob(self):
        relay = self.relay()
        bob = self.peer("bob", relay)
        ann = self.chat("ann", relay)
        bob.wait_link("ann")
        bob.wait_presence("ann", "online")
        ann.wait_text("bob")
        return ann, bob

    def test_a_line_that_comes_does_not_tear_the_line_being_typed(self):
        ann, bob = self.start_with_bob()
        ann.type("/msg bob half a sen")
        ann.wait("the typed line", lambda screen: screen.line_of_cursor().endswith("/msg bob half a sen"))
        for number in range(20):
            bob.tell("ann", f"interruption {number}")
        ann.wait_text("interruption 19")
        ann.wait("the typed line again", lambda screen: screen.line_of_cursor().endswith("/msg bob half a sen"))
        shown = [line for line in ann.screen.lines() if "interruption" in line]
        self.assertEqual(len(shown), 20)
        for line in shown:
            self.assertNotIn("half a sen", line)
        ann.type("tence\r")
        bob.wait_text("ann", "half a sentence")

    def test_a_terminal_that_becomes_narrower_still_shows_the_line_being_typed(self):
        ann, bob = self.start_with_bob()
        ann.type("/msg bob half")
        ann.wait("the typed line", lambda screen: screen.line_of_cursor().endswith("/msg bob half"))
        ann.resize(40, 40)
        ann.type(" of a sentence that is longer than a row")
        ann.wait("the second row", lambda screen: screen.line_of_cursor() == "nger than a row")
        bob.tell("ann", "an interruption")
        ann.wait("what came above both rows", lambda screen: [line.rstrip() for line in screen.lines()[-3:]] == [
            "= bob: an interruption", "> /msg bob half of a sentence that is lo", "nger than a row"])
        ann.type("\x01\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C")  # To the start, then right: the cursor is in the first row.
        ann.wait("the first row", lambda screen: screen.line_of_cursor().startswith("> /msg"))
        ann.type("\r")
        bob.wait_text("ann", "half of a sentence that is longer than a row")

    def test_commands_and_names_complete(self):
        ann, bob = self.start_with_bob()
        ann.type("/ms\t")
        ann.wait("the completed command", lambda screen: screen.line_of_cursor().endswith("/msg"))
        ann.type("b\t")
        ann.wait("the completed name", lambda screen: screen.line_of_cursor().endswith("/msg bob"))
        ann.type("completed\r")
        bob.wait_text("ann", "completed")

    def test_the_last_line_comes_back_with_the_up_key(self):
        ann, bob = self.start_with_bob()
        ann.type("/msg bob once\r")
        bob.wait_text("ann", "once")
        since = bob.mark()
        ann.type("\x1b[A\r")
        bob.wait_text("ann", "once", since)

    def test_plain_text_goes_to_the_current_conversation(self):
        ann, bob = self.start_with_bob()
        ann.type("/msg bob first\r")
        bob.wait_text("ann", "first")
        ann.type("second\r")
        bob.wait_text("ann", "second")

    def test_the_colour_of_the_prompt_ends_with_it(self):
        ann, bob = self.start_with_bob()
        ann.type("/msg bob\rplain")
        ann.wait("the typed line", lambda screen: screen.line_of_cursor().endswith("bob= plain"))
        self.assertIn("\x1b[32m", ann.screen.sequences)
        self.assertFalse(ann.screen.coloured)
        ann.type("\r")
        bob.wait_text("ann", "plain")
        ann.type("/quit\r")
        self.assertEqual(ann.wait_exit(), 0)
        ann.wait("the end of all colours", lambda screen: not screen.coloured)

    def test_the_path_of_what_was_delivered_is_shown(self):
        ann, bob = self.start_with_bob()
        ann.type("/msg bob by link\r")
        bob.wait_text("ann", "by link")
        ann.wait_text("delivered to bob direct (")

    def test_an_unknown_user_is_no_conversation(self):
        ann, _ = self.start_with_bob()
        for name, why in (("nobody", "unknown-user"), ("ann", "self")):
            ann.type(f"/msg {name} hello\r")
            ann.wait_text(f"[{why}]")
            ann.wait("a prompt without a name", lambda screen: screen.line_of_cursor() == ">")
        ann.type("to whom\r")
        ann.wait_text("[no-conversation]")

    def test_quit_ends_with_0_and_says_goodbye(self):
        ann, bob = self.start_with_bob()
        ann.type("/quit\r")
        self.assertEqual(ann.wait_exit(), 0)
        self.assertEqual(bob.wait_presence("ann", "offline")["reason"], "goodbye")

    def test_end_of_input_ends_the_console(self):
        ann, bob = self.start_with_bob()
        ann.type("\x04")
        self.assertEqual(ann.wait_exit(), 0)
        bob.wait_presence("ann", "offline")

    def test_help_names_every_command(self):
        ann, _ = self.start_with_bob()
        ann.type("/help\r")
        for command in ("/who", "/msg", "/status", "/ping", "/verify", "/help", "/quit"):
            ann.wait_text(command)

    def test_text_of_others_cannot_command_the_terminal(self):
        ann, bob = self.start_with_bob()
        before = len(ann.screen.sequences)
        hostile = "\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b]52;c;aGFsbG8=\x07 \u202egnp.exe \x9b31m end of it"
        bob.tell("ann", hostile)
        ann.wait_text("end of it")
        raw = ann.raw.decode("utf-8", "replace")
        for forbidden in ("\x1b]0;", "\x1b]52", "\x1b[2J", "\u202e", "\x9b", "\x1b[31mred"):
            self.assertNotIn(forbidden, raw)
        self.assertNotIn("\x1b[2J", ann.screen.sequences[before:])

    def test_no_colours_where_there_is_no_terminal(self):
        relay = self.relay()
        bob = self.peer("bob", relay)
        ann = self.start(*self.peer_options("ann", relay.uri), "chat", name="ann")
        bob.wait_link("ann")
        bob.tell("ann", "plain words")
        ann.wait_line("plain words")
        self.assertNotIn("\x1b", ann.text())

    def test_a_dumb_terminal_is_served_too(self):
        relay = self.relay()
        bob = self.peer("bob", relay)
        ann = self.chat("ann", relay, kind="dumb")
        bob.wait_link("ann")
        ann.type("/msg bob from a dumb terminal\r")
        bob.wait_text("ann", "from a dumb terminal")
        self.assertIsNone(re.search(r"\x1b\[\d+m", ann.text()))


if __name__ == "__main__":
    unittest.main()
