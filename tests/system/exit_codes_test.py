# ctest: timeout=300
"""Every error code of docs/events.md is provoked once: it comes with --json and without, with the exit code of the page."""

import re
import shutil
import signal
import socket
import unittest

from support.programs import SOURCE, ProgramTest

PAGE = (SOURCE / "docs" / "events.md").read_text()
DOCUMENTED = {code: int(number) for code, number in re.findall(r"^\| `([a-z-]+)` \| (\d) \|", PAGE, re.M)}

# What a user does to see the code: peer_main's arguments, as ann; {name} is filled in by the test.
ALONE = {
    "usage": ("--no-such-option", "who"),
    "bad-name": ("say", "Bob", "hi"),
    "no-relay": ("--data-dir", "{fresh}", "say", "bob", "hi"),
    "unexpected": ("--data-dir", "/dev/null/ann", "id"),
    "relay-unreachable": ("{ann}", "--relay", "{dead_relay}", "who"),
    "listen": ("{ann}", "--relay", "{relay}", "--listen", "{taken_port}", "run"),
    "identity": ("--user", "ann", "--data-dir", "{broken}", "--relay", "{relay}", "who"),
    "name-taken": ("--user", "bob", "--data-dir", "{fresh}", "--relay", "{relay}", "who"),
    "relay-key-changed": ("{ann}", "--relay", "{other_key}", "who"),
    "registration-closed": ("{ann}", "--relay", "{closed_relay}", "who"),
    "unknown-user": ("{ann}", "--relay", "{relay}", "say", "nobody", "hi"),
    "offline": ("{ann}", "--relay", "{relay}", "say", "cy", "hi"),
    "self": ("{ann}", "--relay", "{relay}", "say", "ann", "hi"),
    "key-changed": ("{ann}", "--relay", "{relay}", "say", "dee", "hi"),
    "key-not-trusted": ("--user", "dee", "--data-dir", "{dee2}", "--relay", "{relay}", "say", "bob", "hi"),
    "require-direct": ("{ann}", "--relay", "{relay}", "--require-direct", "say", "shy", "hi"),
    "too-large": ("{ann}", "--relay", "{relay}", "say", "bob", "x" * 32769),
    "bad-text": ("{ann}", "--relay", "{relay}", "say", "bob", b"\xff"),
    "in-use": ("--user", "bob", "--data-dir", "{bob}", "--relay", "{relay}", "run"),
    "timeout": ("{ann}", "--relay", "{relay}", "--timeout", "1", "say", "frozen", "hi"),
}
# On standard input of a program that goes on; these never decide an exit code.
TYPED = {"unknown-command": "/dance", "no-conversation": "hello?"}
# Each has a test of its own, here or in identities_test.py.
OTHERS = {"output", "replaced", "kicked", "stopped", "not-stored"}
# Of transfers: see the tests of that name, here and in tests/actors/transfer.
TRANSFERS = {"source-unreadable", "source-changed", "disk-full", "disk-error", "folder-changed", "bad-path", "not-verified",
             "protocol", "refused", "too-many", "cancelled", "cancelled-there", "unsupported", "unknown-transfer",
             "not-running", "not-paused", "expired", "silent"}


class ExitCodes(ProgramTest):
    def setUp(self):
        super().setUp()
        self.server = self.relay("--heartbeat", "60")  # Who is frozen is not lost in the middle of it.

    def surroundings(self):
        """What the commands of the table meet; the values of their placeholders."""
        closed = self.relay("--registration", "closed", data="closed")
        self.peer("cy", self.server).stop()
        self.peer("shy", self.server, "--direct", "off")
        bob = self.peer("bob", self.server)
        self.peer("frozen", self.server, "--direct", "off").signal(signal.SIGSTOP)
        # Ann and bob meet dee, who then gets another key.
        dee = self.peer("dee", self.server)
        self.assertEqual(self.run_peer("ann", self.server, "who").code, 0)
        bob.wait_presence("dee", "online")
        dee.stop()
        other = self.run_program("peer_main", "--data-dir", self.folder / "dee2", "--json", "id").event("id")
        self.run_program("relay_main", "--data-dir", self.folder / "relay", "rebind", "dee", other["fingerprint"])
        self.peer("dee", self.server, data="dee2")

        broken = self.folder / "broken"
        broken.mkdir(mode=0o700)
        (broken / "identity").write_text("not a key")
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        key = self.server.fingerprint
        return {"relay": self.server.uri, "closed_relay": closed.uri,
                "dead_relay": f"hobnob://127.0.0.1:1/?id={key}", "other_key": self.server.uri.replace(key, closed.fingerprint),
                "taken_port": f"127.0.0.1:{taken.getsockname()[1]}", "bob": self.folder / "bob",
                "broken": broken, "fresh": self.folder / "fresh", "dee2": self.folder / "dee2"}

    def filled_in(self, arguments, places):
        ready = []
        for argument in arguments:
            if argument == "{ann}":
                ready += ["--user", "ann", "--data-dir", self.folder / "ann"]
            else:
                ready.append(argument if isinstance(argument, bytes) else argument.format(**places))
        return ready

    def test_each_code_comes_with_its_exit_code_once_as_an_event_and_once_in_words(self):
        places = self.surroundings()
        for code, arguments in ALONE.items():
            with self.subTest(code):
                arguments = self.filled_in(arguments, places)
                bare = self.run_program("peer_main", *arguments, environment={"USER": "ann"})
                json = self.run_program("peer_main", "--json", *arguments, environment={"USER": "ann"})
                for done in (bare, json):
                    self.assertEqual(done.code, DOCUMENTED[code], done)
                    self.assertEqual(len(re.findall(rf"^error: .+ \[{code}\]$", done.err, re.M)), 1, done)
                self.assertNotIn("error", bare.out)
                errors = [e for e in json.events if e["event"] == "error"]
                self.assertEqual([e["code"] for e in errors], [code], json)
                self.assertEqual(json.events[-1]["event"] in ("error", "stopped"), True, json)

    def test_faults_of_what_is_typed_do_not_end_the_program(self):
        ann = self.peer("ann", self.server)
        for code, line in TYPED.items():
            since = ann.mark()
            ann.say(line)
            ann.wait_event("error", since, code=code)
        ann.say("/quit")
        self.assertEqual(ann.wait_exit(), 0)

    def test_an_output_that_takes_nothing_is_2(self):
        for arguments in (("--json", "id"), ("id",), ("--help",), ("completion", "bash"),
                          ("--user", "ann", "--relay", self.server.uri, "--json", "status")):
            with open("/dev/full", "wb") as full:
                done = self.start("--data-dir", self.folder / "ann", *arguments, stdout=full)
            self.assertEqual(done.wait_exit(), DOCUMENTED["output"], arguments)
            self.assertEqual(len(done.lines), 1, done.text())
            done.wait_line(r"^error: standard output: No space left on device \[output\]$", "err")

    def test_who_is_replaced_ends_with_5(self):
        first = self.peer("ann", self.server)
        (self.folder / "copy").mkdir(mode=0o700)
        shutil.copy(self.folder / "ann" / "identity", self.folder / "copy")
        self.peer("ann", self.server, data="copy")
        self.assertEqual(first.wait_exit(), DOCUMENTED["replaced"])
        first.wait_event("error", code="replaced")

    def test_who_is_kicked_stays_away_and_ends_with_5(self):
        ann = self.peer("ann", self.server)
        self.run_program("relay_main", "--data-dir", self.folder / "relay", "kick", "ann")
        self.assertEqual(ann.wait_event("session", state="refused")["code"], "kicked")
        self.assertEqual(ann.wait_exit(), DOCUMENTED["kicked"])
        ann.wait_event("error", code="kicked")
        ann.wait_line("administrator ended the session", "err")
        self.assertEqual(len(ann.events("session", state="online")), 1)

    def test_a_command_whose_program_ends_meanwhile_is_5(self):
        frozen = self.peer("frozen", self.server, "--direct", "off")
        ann = self.peer("ann", self.server)
        ann.wait_presence("frozen", "online")
        frozen.signal(signal.SIGSTOP)
        said = self.start("--json", "--data-dir", self.folder / "ann", "say", "frozen", "hi")
        said.wait_event("progress", state="queued")
        ann.signal(signal.SIGTERM)
        self.assertEqual(said.wait_exit(), DOCUMENTED["stopped"])
        said.wait_event("error", code="stopped")

    def test_every_code_of_the_page_is_provoked_by_one_of_these(self):
        self.assertEqual(set(ALONE) | set(TYPED) | OTHERS | TRANSFERS, set(DOCUMENTED))

    def test_help_tells_the_same_exit_codes_as_the_page(self):
        for program in ("peer_main", "relay_main"):
            text = " ".join(self.run_program(program, "--help").out.split())
            listed = text[text.index("Exit codes:"):]
            numbers = {int(number) for number in re.findall(r"(?<![\d/])(\d)(?= )", listed)}
            self.assertEqual(numbers - {0}, set(DOCUMENTED.values()), listed)
            self.assertIn("130/143", listed)

    def test_the_relay_uses_the_same_codes(self):
        data = self.folder / "relay"
        key = self.server.fingerprint
        for code, arguments in (("usage", ("--heartbeat", "never")), ("bad-name", ("--data-dir", data, "kick", "Bob")),
                                ("no-relay", ("--data-dir", self.folder / "nowhere", "users")),
                                ("unexpected", ("--data-dir", "/dev/null/relay")),
                                ("listen", ("--data-dir", self.folder / "r2", "--listen", "192.0.2.1:1")),
                                ("in-use", ("--data-dir", data)), ("refused", ("--data-dir", data, "kick", "nobody")),
                                ("refused", ("--data-dir", data, "rebind", "nobody", key))):
            with self.subTest(arguments=arguments):
                done = self.run_program("relay_main", "--json", *arguments)
                self.assertEqual([e.get("code") for e in done.events], [code], done)
                self.assertEqual(done.code, DOCUMENTED.get(code, 5), done)
                self.assertEqual(len(re.findall(rf"^error: .+ \[{code}\]$", done.err, re.M)), 1, done)


if __name__ == "__main__":
    unittest.main()
