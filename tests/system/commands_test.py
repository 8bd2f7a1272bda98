# ctest: timeout=300 labels=threads
"""The command line as DESIGN promises it: exit codes, settings and their order, commands beside a running peer."""

import re
import shlex
import signal
import socket
import subprocess
import unittest

from support.programs import ProgramTest
from support.sockets import LISTEN, tcp_connections


class Offline(ProgramTest):
    """What needs no relay."""

    def peer_main(self, *arguments, **options):
        return self.run_program("peer_main", *arguments, **options)

    def test_help_and_version(self):
        for program in ("peer_main", "relay_main"):
            help_text = self.run_program(program, "--help")
            self.assertEqual(help_text.code, 0, help_text)
            self.assertIn("--data-dir", help_text.out)
            version = self.run_program(program, "--version")
            self.assertEqual(version.code, 0)
            self.assertRegex(version.out, r"\d+\.\d+\.\d+")

    def test_help_teaches_the_commands(self):
        text = self.peer_main("--help").out
        for word in ("run", "chat", "say", "who", "status", "ping", "id", "verify", "--relay", "--json"):
            self.assertIn(word, text)

    def test_wrong_use_is_1_and_says_what_is_wrong(self):
        for arguments, word in ((("--no-such-option",), "no-such-option"), (("dance",), "dance"),
                                (("--user",), "user"), (("--relay", "http://x/", "status"), "relay"),
                                (("--relay", "hobnob://h:1/?id=short", "status"), "id"),
                                (("--listen", "nowhere", "run"), "listen"), (("say",), "say")):
            with self.subTest(arguments=arguments):
                done = self.peer_main("--data-dir", self.folder / "p", *arguments)
                self.assertEqual(done.code, 1, done)
                self.assertIn(word, done.err)
                self.assertEqual(done.out, "")
        done = self.run_program("relay_main", "--registration", "sometimes", "--data-dir", self.folder / "r")
        self.assertEqual(done.code, 1, done)
        self.assertIn("registration", done.err)

    def test_id_works_before_any_login_and_stays_the_same(self):
        arguments = ("--data-dir", self.folder / "p", "--user", "ann", "--json", "id")
        first, second = self.peer_main(*arguments), self.peer_main(*arguments)
        self.assertEqual(first.code, 0, first)
        self.assertRegex(first.event("id")["fingerprint"], r"^[a-z2-7]{52}$")
        self.assertEqual(first.event("id")["fingerprint"], second.event("id")["fingerprint"])
        people = self.peer_main("--data-dir", self.folder / "p", "--user", "ann", "id")
        self.assertIn(first.event("id")["fingerprint"][:4] + "-", people.out + people.err)

    def test_private_files_are_private(self):
        self.peer_main("--data-dir", self.folder / "p", "--user", "ann", "id")
        self.assertEqual((self.folder / "p").stat().st_mode & 0o077, 0)
        for path in (self.folder / "p").rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_unreachable_relay_is_3(self):
        key = "b" * 51 + "a"
        done = self.peer_main("--data-dir", self.folder / "p", "--user", "ann", "--json",
                              "--relay", f"hobnob://127.0.0.1:1/?id={key}", "--timeout", "2", "say", "bob", "hi")
        self.assertEqual(done.code, 3, done)
        self.assertIn("127.0.0.1:1", done.err)

    def test_data_live_where_xdg_says(self):
        done = self.peer_main("--user", "ann", "id", environment={"XDG_DATA_HOME": str(self.folder / "data")})
        self.assertEqual(done.code, 0, done)
        self.assertTrue(any((self.folder / "data" / "hobnob").rglob("*")))

    def complete(self, *words):
        """What bash offers for the last of these words."""
        script = self.peer_main("completion", "bash").out
        command = " ".join(shlex.quote(str(word)) for word in words)
        done = subprocess.run(["bash", "-euc", f"{script}\nCOMP_WORDS=({command}); COMP_CWORD={len(words) - 1}\n_peer_main\n"
                               "printf '%s\\n' \"${COMPREPLY[@]}\""], capture_output=True, text=True, check=True)
        return done.stdout.split()

    def test_bash_completes_commands_options_values_and_known_users(self):
        data = self.folder / "p"
        self.peer_main("--data-dir", data, "--user", "ann", "id")
        (data / "known_keys").write_text(f"user bob {'a' * 52} first-use\nuser bea {'b' * 52} verified\n")
        self.assertEqual(self.complete("peer_main", "s"), ["say", "send", "status"])
        self.assertEqual(self.complete("peer_main", "--json", "--us"), ["--user"])
        self.assertEqual(self.complete("peer_main", "--wait", "q"), ["queued"])
        self.assertEqual(self.complete("peer_main", "--data-dir", data, "say", "b"), ["bob", "bea"])
        self.assertEqual(self.complete("peer_main", "--data-dir", data, "say", "bob", ""), [])
        self.assertEqual(self.complete("peer_main", "--data-dir", data, "send", "be"), ["bea"])
        self.assertEqual(self.complete("peer_main", "send", "bob", data / "ident"), [str(data / "identity")])
        self.assertEqual(self.complete("peer_main", "completion", ""), ["bash"])


class Settings(ProgramTest):
    """Flag over environment over config file over default."""

    def name_shown(self, *arguments, config=None, environment=None):
        if config is not None:
            (self.folder / "config").write_text(config)
            arguments = ("--config", self.folder / "config", *arguments)
        done = self.run_program("peer_main", "--data-dir", self.folder / "p", "--json", *arguments, "id",
                                environment=environment)
        self.assertEqual(done.code, 0, done)
        return done.event("id")["user"]

    def test_the_order_of_settings(self):
        config, environment = "user = from-file\n", {"HOBNOB_USER": "from-environment"}
        self.assertEqual(self.name_shown(config=config), "from-file")
        self.assertEqual(self.name_shown(config=config, environment=environment), "from-environment")
        self.assertEqual(self.name_shown("--user", "from-flag", config=config, environment=environment), "from-flag")

    def test_unknown_keys_are_errors(self):
        (self.folder / "config").write_text("user = ann\ncolour = red\n")
        done = self.run_program("peer_main", "--config", self.folder / "config", "id")
        self.assertEqual(done.code, 1, done)
        self.assertIn("colour", done.err)
        self.assertIn(f"{self.folder / 'config'}:2: ", done.err)
        done = self.run_program("peer_main", "--user", "ann", "id", environment={"HOBNOB_COLOUR": "red"})
        self.assertEqual(done.code, 1, done)
        self.assertIn("HOBNOB_COLOUR", done.err)

    def test_a_missing_config_file_that_was_named_is_an_error(self):
        done = self.run_program("peer_main", "--config", self.folder / "none", "--user", "ann", "id")
        self.assertEqual(done.code, 1, done)

    def test_the_relay_reads_settings_alike(self):
        (self.folder / "config").write_text("registration = closed\nlisten = 127.0.0.1:0\n")
        relay = self.relay("--config", self.folder / "config")
        self.assertEqual(self.run_peer("ann", relay, "status").code, 5)


class Online(ProgramTest):
    def setUp(self):
        super().setUp()
        self.server = self.relay()

    def test_ping_alone_goes_direct_and_says_so(self):
        self.peer("bob", self.server)
        ping = self.run_peer("ann", self.server, "ping", "bob")
        self.assertEqual(ping.code, 0, ping)
        self.assertEqual(ping.event("ping")["path"], "lan")
        by_relay = self.run_peer("ann", self.server, "ping", "bob", options=("--direct", "off"))
        self.assertEqual(by_relay.code, 0, by_relay)
        self.assertEqual(by_relay.event("ping")["path"], "relay")
        nobody = self.run_peer("ann", self.server, "ping", "nobody")
        self.assertEqual((nobody.code, nobody.event("error")["code"]), (5, "unknown-user"))

    def test_say_alone_is_delivered_and_hidden(self):
        bob = self.peer("bob", self.server)
        said = self.run_peer("ann", self.server, "say", "bob", "hello", "bob")
        self.assertEqual(said.code, 0, said)
        bob.wait_text("ann", "hello bob")
        self.assertEqual(bob.present(), set(), "who only says something is not shown")

    def test_who_alone_says_why_it_shows_no_links(self):
        self.peer("bob", self.server)
        who = self.run_peer("ann", self.server, "who")
        self.assertEqual(who.code, 0, who)
        row = next(e for e in who.events if e["event"] == "user" and e["user"] == "bob")
        self.assertEqual(row["path"], "relay")
        self.assertIn("a running chat or run does", row["why_not_direct"])

    def test_say_reads_standard_input(self):
        bob = self.peer("bob", self.server)
        said = self.run_peer("ann", self.server, "say", "bob", "-", text="first line\nsecond line\n")
        self.assertEqual(said.code, 0, said)
        self.assertIn("first line\nsecond line", bob.wait_event("message")["text"])

    def test_say_to_nobody_is_5_and_tells_which(self):
        for user, code in (("nobody", "unknown-user"),):
            said = self.run_peer("ann", self.server, "say", user, "hello?")
            self.assertEqual(said.code, 5, said)
            self.assertEqual(said.event("error")["code"], code)
        bob = self.peer("bob", self.server)
        bob.stop()
        said = self.run_peer("ann", self.server, "say", "bob", "hello?")
        self.assertEqual(said.code, 5, said)
        self.assertEqual(said.event("error")["code"], "offline")

    def test_say_to_a_peer_that_does_not_answer_is_6(self):
        bob = self.peer("bob", self.server)
        bob.signal(signal.SIGSTOP)
        said = self.run_peer("ann", self.server, "say", "--timeout", "1", "bob", "hello?")
        self.assertEqual(said.code, 6, said)

    def test_say_does_not_wait_for_more_than_it_was_asked(self):
        bob = self.peer("bob", self.server)
        ann = self.peer("ann", self.server)
        ann.wait_presence("bob", "online")
        bob.signal(signal.SIGSTOP)
        said = self.run_peer("ann", self.server, "say", "--wait", "queued", "bob", "hello?")
        self.assertEqual(said.code, 0, said)

    def test_a_lone_say_stays_until_its_message_is_delivered(self):
        bob = self.peer("bob", self.server)
        for number, direct in enumerate(("both", "off") * 3):
            said = self.run_peer("ann", self.server, "--direct", direct, "say", "--wait", "queued", "bob", f"n{number}")
            self.assertEqual(said.code, 0, said)
            bob.wait_text("ann", f"n{number}")

    def test_a_port_that_is_taken_ends_it_with_3_and_a_word(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for command in ("run", "chat"):
                done = self.run_program("peer_main", "--relay", self.server.uri, "--user", "ann", "--data-dir",
                                        self.folder / "ann", "--listen", f"127.0.0.1:{port}", command)
                self.assertEqual(done.code, 3, done)
                self.assertIn(str(port), done.err)

    def test_commands_beside_a_running_peer_go_through_it(self):
        bob = self.peer("bob", self.server)
        ann = self.peer("ann", self.server)
        bob.wait_link("ann")
        bob.wait_presence("ann", "online")
        mark = bob.mark()
        said = self.run_peer("ann", self.server, "say", "bob", "through", "the", "runner")
        self.assertEqual(said.code, 0, said)
        bob.wait_text("ann", "through the runner")
        who = self.run_peer("ann", self.server, "who")
        self.assertEqual(who.code, 0, who)
        row = next(e for e in who.events if e["event"] == "user" and e["user"] == "bob")
        self.assertEqual(row["path"], "lan")
        ping = self.run_peer("ann", self.server, "ping", "bob")
        self.assertEqual(ping.code, 0, ping)
        self.assertEqual(ping.event("ping")["path"], "lan")
        # Neither name nor relay are told here: ann's running peer knows them.
        shown = self.run_program("peer_main", "--data-dir", self.folder / "ann", "--json", "id").event("id")
        self.assertEqual((shown["user"], shown["relay"]), ("ann", self.server.uri))
        status = self.run_peer("ann", self.server, "status")
        self.assertEqual(status.code, 0, status)
        other = self.run_program("peer_main", "--data-dir", self.folder / "ann", "--user", "carl", "who")
        self.assertEqual(other.code, 1, other)
        self.assertIn("is ann, not carl", other.err)
        ann.signal(signal.SIGSTOP)  # Then what the settings say has to do.
        shown = self.run_program("peer_main", "--data-dir", self.folder / "ann", "--user", "ann", "--json", "id")
        self.assertEqual(shown.event("id")["user"], "ann")
        ann.signal(signal.SIGCONT)
        # It was never replaced by one of them.
        self.assertEqual(ann.events("session", state="replaced"), [])
        self.assertEqual(bob.events("presence", mark), [])

    def test_a_second_run_on_one_data_directory_is_refused(self):
        self.peer("ann", self.server)
        second = self.run_peer("ann", self.server, "run")
        self.assertEqual(second.code, 5, second)
        self.assertIn("ann", second.err)

    def test_signals_end_it_with_their_codes(self):
        ann = self.peer("ann", self.server)
        ann.signal(signal.SIGINT)
        self.assertEqual(ann.wait_exit(), 130)
        again = self.peer("ann", self.server)
        again.signal(signal.SIGTERM)
        self.assertEqual(again.wait_exit(), 143)
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait_exit(), 143)

    def test_the_relay_ends_on_sigint_with_130_and_tells_its_peers(self):
        ann = self.peer("ann", self.server)
        since = ann.mark()
        self.server.signal(signal.SIGINT)
        self.assertEqual(self.server.wait_exit(), 130)
        ann.wait_event("session", since, state="waiting")

    def test_run_goes_on_after_the_end_of_its_input_unless_told_otherwise(self):
        ann = self.peer("ann", self.server)
        ann.process.stdin.close()
        bob = self.peer("bob", self.server)
        bob.wait_link("ann")
        bob.tell("ann", "still there?")
        ann.wait_text("bob", "still there?")
        cy = self.peer("cy", self.server, "--exit-on-eof", command="run")
        cy.process.stdin.close()
        self.assertEqual(cy.wait_exit(), 0)

    def test_run_ends_when_what_was_said_has_arrived(self):
        bob = self.peer("bob", self.server)
        for number, end in enumerate(("", "/quit\n") * 3):
            done = self.run_peer("ann", self.server, "run", "--exit-on-eof", text=f"/msg bob last {number}\n{end}")
            self.assertEqual(done.code, 0, done)
            self.assertEqual([e["state"] for e in done.events if e["event"] == "progress"][-1], "delivered", done)
            bob.wait_text("ann", f"last {number}")

    def test_what_was_asked_is_answered_before_the_end_of_input_ends_the_program(self):
        self.peer("bob", self.server)
        for command in ("run", "--exit-on-eof"), ("chat",):
            for text in ("/ping bob\n", "/ping bob\n/quit\n"):
                done = self.run_peer("ann", self.server, *command, text=text)
                self.assertEqual(done.code, 0, done)
                self.assertIn("round_trip_us", done.event("ping"))
        done = self.run_peer("ann", self.server, "run", "--exit-on-eof", text="/who\n")
        self.assertEqual(done.event("user")["user"], "bob")

    def test_orders_for_a_relay_that_never_ran_are_refused(self):
        nowhere = self.folder / "nowhere"
        done = self.run_program("relay_main", "--data-dir", nowhere, "users")
        self.assertEqual(done.code, 1, done)
        self.assertIn("nowhere", done.err)
        self.assertFalse(nowhere.exists())

    def test_commands_on_standard_input(self):
        ann = self.peer("ann", self.server)
        bob = self.peer("bob", self.server)
        self.link_all({"ann": ann, "bob": bob})
        ann.say("/who")
        self.assertEqual(ann.wait_event("user", user="bob")["path"], "lan")
        ann.say("/ping bob")
        self.assertEqual(ann.wait_event("ping", user="bob")["path"], "lan")
        ann.say("/ping ann")
        self.assertEqual(ann.wait_event("error")["code"], "self")
        ann.say("/status")
        ann.wait_event("status")
        since = ann.mark()
        ann.say("/no-such-command")
        ann.wait_event("error", since)
        ann.say("/msg nobody hello")
        self.assertEqual(ann.wait_event("progress", since, to="nobody")["state"], "failed")
        ann.say("/quit")
        self.assertEqual(ann.wait_exit(), 0)

    def test_every_line_on_stdout_is_an_event(self):
        ann = self.peer("ann", self.server)
        bob = self.peer("bob", self.server)
        self.link_all({"ann": ann, "bob": bob})
        ann.tell("bob", "hi")
        bob.wait_text("ann", "hi")
        for line in ann.text("out").splitlines() + bob.text("out").splitlines():
            self.assertRegex(line, re.compile(r'^\{.*"event":'))
            self.assertIn('"v":1', line)

    def test_words_for_people_are_on_stderr_and_data_on_stdout(self):
        bob = self.peer("bob", self.server)
        done = self.run_program("peer_main", *self.peer_options("ann", self.server.uri), "who")
        self.assertEqual(done.code, 0, done)
        self.assertIn("bob", done.out)
        self.assertNotIn("{", done.out)
        self.assertTrue(bob)

    def test_the_port_is_kept_for_next_time(self):
        ports = []
        for _ in range(2):
            ann = self.peer("ann", self.server, listen=None)
            ports.append({connection.local[1] for connection in tcp_connections(ann.pid, LISTEN)})
            ann.stop()
        self.assertEqual(len(ports[0]), 1)
        self.assertEqual(ports[0], ports[1])


if __name__ == "__main__":
    unittest.main()
