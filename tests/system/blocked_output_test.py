# ctest: timeout=300
"""A reader that stopped reading our output must not stop our heartbeats."""

import os
import signal
import unittest

from support.programs import Peer, ProgramTest


class BlockedOutput(ProgramTest):
    def test_a_full_pipe_on_stdout_keeps_session_and_link_alive(self):
        relay = self.relay("--heartbeat", "1")
        reading_end, writing_end = os.pipe()
        self.addCleanup(os.close, reading_end)
        blocked = self.start(*self.peer_options("ann", relay.uri), "--json", "run", name="ann", kind=Peer,
                             stdout=writing_end)
        os.close(writing_end)
        bob = self.peer("bob", relay)
        bob.wait_link("ann")
        bob.wait_presence("ann", "online")
        since = bob.mark()
        # Nobody reads ann's events: 64 KiB of pipe are full after a few of these.
        sent = 30
        for number in range(sent):
            bob.tell("ann", f"{number} " + "x" * 8000)
        bob.wait("every receipt", lambda *_: len(bob.events("progress", since, state="delivered")) == sent)
        # A peer that really stands still is dropped after three heartbeats; that times our wait.
        for stopped in ("cy", "dee"):
            self.peer(stopped, relay).signal(signal.SIGSTOP)
            self.assertEqual(bob.wait_presence(stopped, "offline", since)["reason"], "heartbeat")
        self.assertEqual(bob.events("presence", since, user="ann"), [])
        self.assertEqual(bob.events("link", since, user="ann"), [])
        self.assertIsNone(blocked.process.poll())


if __name__ == "__main__":
    unittest.main()
