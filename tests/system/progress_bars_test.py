# ctest: timeout=120
"""Transfers in a real terminal: bars that move, several at once, beside what is typed and what comes."""

import time
import unittest

from support.terminal import Terminal
from support.transfers import MIB, TransferTest, make_file

BAR = " > "


def bars(screen, user=""):
    """The lines of bars on a screen."""
    return [line for line in screen.lines() if f"{BAR}{user}" in line and "KiB/s" in line]


class Bars(TransferTest):
    def setUp(self):
        super().setUp()
        self.server = self.relay()
        self.sides["bob"] = self.receiver("bob")
        self.report = make_file(self.sources / "\u00fcbersicht \u6771\u4eac.pdf", MIB)

    def receiver(self, user):
        return self.peer(user, self.server, "--accept-files", "all", "--download-dir", self.downloads / user)

    def in_terminal(self, user, *command, **options):
        terminal = Terminal([*self.peer_options(user, self.server.uri), *command], self.folder, **options)
        self.programs.append(terminal)
        return terminal

    def assert_not_painted_too_often(self, terminal, since):
        painted = terminal.screen.sequences.count("\x1b[J")
        self.assertLessEqual(painted, 4 * (time.monotonic() - since) + 2)

    def test_send_shows_a_bar_for_each_user_and_ends_with_plain_lines(self):
        self.receiver("dan")
        since = time.monotonic()
        ann = self.in_terminal("ann", "send", "bob,dan", self.report, "--limit", "512K")
        ann.wait("two bars", lambda screen: bars(screen, "bob") and bars(screen, "dan"))
        self.assertEqual(ann.wait_exit(), 0)
        ann.wait_text("to dan, verified")
        ann.wait_text("to bob, verified")
        self.assertEqual(bars(ann.screen), [])
        self.assert_not_painted_too_often(ann, since)

    def test_send_beside_a_running_program_shows_the_same(self):
        ann = self.peer("ann", self.server)
        ann.wait_link("bob")
        since = time.monotonic()
        beside = self.in_terminal("ann", "send", "bob", self.report, "--limit", "512K")
        beside.wait("a bar", lambda screen: bars(screen, "bob"))
        self.assertEqual(beside.wait_exit(), 0)
        beside.wait_text("to bob, verified")
        self.assertEqual(bars(beside.screen), [])
        self.assert_not_painted_too_often(beside, since)

    def test_without_a_terminal_lines_tell_states_and_nothing_else(self):
        done = self.run_program("peer_main", *self.peer_options("cyd", self.server.uri), "send", "bob", self.report,
                                "--limit", "1M")
        self.assertEqual(done.code, 0, done)
        self.assertNotIn("\x1b", done.err)
        self.assertEqual(done.err.count("\nsending "), 1, done)
        self.assertIn("verified", done.err.splitlines()[-1])

    def test_the_console_has_them_above_the_line_being_typed(self):
        ann = self.in_terminal("ann", "--limit", "128K", "chat")
        self.sides["bob"].wait_link("ann")
        ann.wait_text("bob")
        second = make_file(self.sources / "second", MIB)
        ann.type(f"/send bob {self.report}\r/send bob {second}\r/msg bob half a sen")
        for which in range(3):
            def drawn(screen):
                rows = [line for line in screen.lines() if line]
                return (len(bars(screen)) == 2 and rows[-3:-1] == bars(screen) and rows[-1].endswith("half a sen")
                        and sum("interruption" in row for row in rows[:-3]) == which)
            ann.wait(f"two bars, the typed line, and {which} lines above them", drawn)
            self.sides["bob"].tell("ann", f"interruption {which}")
        ann.type("tence\r")
        self.sides["bob"].wait_text("ann", "half a sentence")
        ann.wait("bars above the empty line, and none that stayed behind", lambda screen: (
            len(bars(screen)) == 2 and [line for line in screen.lines() if line][-3:-1] == bars(screen)))
        for transfer in {event["id"] for event in self.sides["bob"].events("transfer-progress")}:
            ann.type(f"/cancel {transfer}\r")
            self.sides["bob"].wait_event("transfer-failed", id=transfer)
        ann.wait("no bars", lambda screen: not bars(screen))


if __name__ == "__main__":
    unittest.main()
