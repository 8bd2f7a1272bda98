"""What every bad-input test asks: is the program still there, as small as before, and are honest users undisturbed?"""

import re

from support.certificates import Identity
from support.programs import ProgramTest, resident_kib, sanitized, wait_until
from support.wire import Client

# Sanitizers keep freed memory for a while (their quarantine).
GROWTH_KIB = 16 * 1024 * (20 if sanitized() else 1)


class BadInputTest(ProgramTest):
    """A relay with two honest, linked users, and an attacker's key.

    After every test the honest users still talk, nobody lost a session or a link, and the memory has not grown.
    """

    growth_kib = GROWTH_KIB
    relay_options = ("--heartbeat", "60")  # An attacker that answers no pings is not lost in the middle of its test.

    def setUp(self):
        super().setUp()
        self.server = self.relay(*self.relay_options)
        self.attacker, self.latecomer = Identity(self.folder, "attacker"), Identity(self.folder, "later")
        self.honest = {user: self.peer(user, self.server, *self.options_of(user)) for user in ("ann", "bob")}
        self.link_all(self.honest)
        for user in self.honest:  # Its line may come later than all the rest.
            self.server.wait_line(rf"\b{user} logged in", "err")
        self.address = (self.server.host, self.server.port)
        self._before = {program: resident_kib(program.pid) for program in self.programs}
        self._marks = {user: peer.mark() for user, peer in self.honest.items()}

    def options_of(self, user):
        """For a test that needs special ones."""
        return ()

    def client(self, **options):
        client = Client(self.address, options.pop("identity", self.attacker), **options)
        self.addCleanup(client.close)
        return client

    def assert_undisturbed(self):
        for user, other in (("ann", "bob"), ("bob", "ann")):
            peer = self.honest[user]
            since = peer.tell(other, f"still there, {other}?")
            self.honest[other].wait_text(user, f"still there, {other}?")
            peer.wait_delivered(other, since)
            for event in peer.events("session", self._marks[user]):
                self.assertEqual(event["state"], "online")
            self.assertEqual(peer.events("link", self._marks[user], state="down", user=other), [])
        for program, before in self._before.items():
            wait_until(lambda: resident_kib(program.pid) < before + self.growth_kib,
                       f"{program.name} to be as small as before ({before} KiB, now {resident_kib(program.pid)} KiB)")

    def lines_since(self, program, mark):
        """What the program has logged since `mark`, without control bytes in it."""
        lines = [text for which, text, _ in program.lines[mark:] if which == "err"]
        for line in lines:
            self.assertNotRegex(line, r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
        return lines

    def assert_lines_about(self, count, *patterns, mark):
        """The relay has logged so many lines, since `mark`, that have one of these in them, and logs no more."""
        if count:
            self.server.wait_line("|".join(patterns), "err", mark)
        # The line about a login that comes later stands behind all there is about what came before.
        later = self.server.mark()
        with Client(self.address, self.latecomer) as client:
            client.login(self.latecomer, "later")
        self.server.wait_line(r"\blater logged in", "err", later)
        lines = [line for line in self.lines_since(self.server, mark) if any(re.search(p, line) for p in patterns)]
        self.assertEqual(len(lines), count, lines)

    def assert_one_line(self, program, mark, pattern):
        """The program has logged exactly one line about it."""
        program.wait_line(pattern, "err", mark)
        lines = self.lines_since(program, mark)
        self.assertEqual(len(lines), 1, lines)
