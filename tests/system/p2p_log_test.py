"""The P2P log: the file to look at when one wants to see peer-to-peer happen."""

import unittest

from support.programs import ProgramTest, wait_until


class P2pLog(ProgramTest):
    def start_two(self, *arguments):
        relay = self.relay()
        log = self.folder / "p2p.log"
        ann = self.peer("ann", relay, "--p2p-log", log, *arguments)
        bob = self.peer("bob", relay)
        self.link_all({"ann": ann, "bob": bob})
        return ann, bob, log

    def lines(self, log, *words):
        """The lines of the log that hold all these words."""
        return [line for line in log.read_text().splitlines() if all(word in line for word in words)]

    def test_every_link_and_every_message_is_a_line_without_the_text(self):
        ann, bob, log = self.start_two()
        ann.tell("bob", "for bob's eyes only")
        bob.tell("ann", "for ann's eyes only")
        sent = bob.wait_text("ann", "for bob's eyes only")
        received = ann.wait_text("bob", "for ann's eyes only")
        ann.wait_delivered("bob")
        opened = wait_until(lambda: self.lines(log, "link", "bob", "lan"), "the line of the link")[0]
        self.assertRegex(opened, r"127\.0\.0\.1:\d+")
        for message in (sent, received):
            line = wait_until(lambda: self.lines(log, message["id"], "path="), "the line of the message")[0]
            self.assertIn("bob", line)
            self.assertIn("by=link path=lan", line)
        bob.kill()
        ann.wait_link("bob", "down")
        wait_until(lambda: self.lines(log, "link", "bob", "reset"), "the line of the link's end")
        self.assertNotIn("eyes only", log.read_text())

    def test_the_text_is_in_it_only_if_asked_for(self):
        ann, bob, log = self.start_two("--p2p-log-content")
        ann.tell("bob", "open words \x1b[31m")
        ann.wait_delivered("bob")
        wait_until(lambda: self.lines(log, "open words"), "the text")
        self.assertNotIn("\x1b", log.read_text())
        bob.wait_event("message")

    def test_a_log_that_cannot_be_opened_is_said_at_once(self):
        relay = self.relay()
        done = self.run_peer("ann", relay, "status", options=("--p2p-log", self.folder / "nowhere" / "p2p.log"))
        self.assertNotEqual(done.code, 0)
        self.assertIn("p2p.log", done.err)


if __name__ == "__main__":
    unittest.main()
