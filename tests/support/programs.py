"""Starts relay_main and peer_main, collects what they print, and stops them again.

Tests wait for what a program says, with a deadline, and never sleep to let things settle:

    relay = self.relay()
    ann = self.peer("ann", relay)
    bob = self.peer("bob", relay)
    ann.wait_link("bob")

What a test waited for in vain is shown together with the last lines of every program of that test.
"""

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from support.schema import event_faults

SOURCE = Path(__file__).resolve().parents[2]

# Long enough for sanitized programs on a busy machine; no test measures speed with it.
DEADLINE = float(os.environ.get("HOBNOB_TEST_DEADLINE", 90))


def program_path(name):
    """The built program: HOBNOB_BIN_DIR is set by ctest, the fallback serves a test started by hand."""
    folder = Path(os.environ.get("HOBNOB_BIN_DIR", SOURCE / "build" / "relwithdebinfo" / "bin"))
    path = folder / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not built (HOBNOB_BIN_DIR names the folder of the programs)")
    return str(path)


def sanitized():
    """Whether the programs are built with sanitizers: tests then use smaller numbers, never weaker checks."""
    cache = Path(program_path("relay_main")).parents[1] / "CMakeCache.txt"
    return cache.exists() and re.search(r"^HOBNOB_SANITIZE:\w+=.+$", cache.read_text(), re.M) is not None


def resident_kib(pid):
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.M).group(1))


def wait_until(condition, what, deadline=DEADLINE):
    """Polls what sends no event by itself (files, /proc); returns the first true value of `condition`."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline} s in vain for {what}")
        time.sleep(0.02)


class Program:
    """A running program whose output lines are collected as they come.

    `lines` holds (stream, text, seconds) where stream is "out" or "err" and seconds is the monotonic time of arrival.
    """

    def __init__(self, name, arguments, folder, *, binary="peer_main", environment=None, namespace=None, within=(),
                 gang=None, stdout=subprocess.PIPE, stdin=subprocess.PIPE):
        self.name = name
        self.lines = []
        self.gang = gang if gang is not None else [self]
        self._changed = threading.Condition()
        # `within`: words of a command that becomes the program.
        command = [*within, program_path(binary), *[str(argument) for argument in arguments]]
        if namespace is not None:
            command = ["ip", "netns", "exec", namespace] + command
        self.arguments = command
        self.process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
                                        env=clean_environment(folder, environment), cwd=folder)
        self._readers = [threading.Thread(target=self._collect, args=(which, pipe), daemon=True)
                         for which, pipe in (("out", self.process.stdout), ("err", self.process.stderr)) if pipe]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self):
        return self.process.pid

    def _collect(self, which, pipe):
        for raw in pipe:
            with self._changed:
                self.lines.append((which, raw.decode("utf-8", "backslashreplace").rstrip("\n"), time.monotonic()))
                self._changed.notify_all()

    # --- waiting ---

    def mark(self):
        """A place in the output: later waits can ask for lines after it only."""
        with self._changed:
            return len(self.lines)

    def wait(self, what, match, since=0, deadline=DEADLINE):
        """The first true value of `match(stream, text, seconds)` over lines from `since` on."""
        end = time.monotonic() + deadline
        position = since
        while True:
            with self._changed:
                while position == len(self.lines):
                    ended = not any(reader.is_alive() for reader in self._readers)
                    left = end - time.monotonic()
                    if left <= 0 or ended:
                        break
                    self._changed.wait(min(left, 0.5))
                fresh = self.lines[position:]
            if not fresh:
                raise AssertionError(f"{self.name}: waited in vain for {what}\n{self.story()}")
            for line in fresh:
                position += 1
                value = match(*line)
                if value:
                    return value

    def wait_line(self, pattern, stream=None, since=0, deadline=DEADLINE):
        """The match of a regular expression in a line of "out", "err" or both."""
        return self.wait(f"a line like {pattern!r}", lambda which, text, _: (
            re.search(pattern, text) if stream in (None, which) else None), since, deadline)

    def wait_event(self, event, since=0, deadline=DEADLINE, **fields):
        """The first event object with this name and these field values."""
        def match(which, text, seconds):
            found = parse_event(text) if which == "out" else None
            if found and found["event"] == event and all(found.get(k) == v for k, v in fields.items()):
                return found | {"@seconds": seconds}
            return None
        return self.wait(f"the event {event} {fields}", match, since, deadline)

    def events(self, event=None, since=0, **fields):
        """All events so far (with this name and these field values)."""
        with self._changed:
            found = [parse_event(text) for which, text, _ in self.lines[since:] if which == "out"]
        return [e for e in found if e and event in (None, e["event"])
                and all(e.get(k) == v for k, v in fields.items())]

    def text(self, stream=None):
        with self._changed:
            return "\n".join(text for which, text, _ in self.lines if stream in (None, which))

    # --- acting ---

    def say(self, line):
        """Writes a line to the program's standard input."""
        data = line if isinstance(line, bytes) else line.encode()
        self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()

    def signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def wait_exit(self, deadline=DEADLINE):
        try:
            code = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} has not ended within {deadline} s\n{self.story()}") from None
        for reader in self._readers:
            reader.join(10)
        return code

    def stop(self):
        """Ends the program in good order, or with force if it will not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"{self.name} ignored SIGTERM for 30 s\n{self.story()}") from None
            finally:
                self._close_pipes()
        self._close_pipes()
        return self.process.returncode

    def _close_pipes(self):
        for reader in self._readers:
            reader.join(10)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass

    def recent(self, count):
        with self._changed:
            return [f"  {which} {text[:400]}" for which, text, _ in self.lines[-count:]]

    def story(self, count=25):
        """The last lines of every program of this test."""
        parts = []
        for program in self.gang:
            state = program.process.poll()
            parts.append(f"--- {program.name}: " + ("running" if state is None else f"ended with {state}"))
            parts += program.recent(count)
        return "\n".join(parts)


def parse_event(text):
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) and "event" in value else None


def _undescribed(output):
    """Which events of an output docs/events.schema.json does not describe."""
    return [fault for event in map(parse_event, output.splitlines()) if event for fault in event_faults(SOURCE, event)]


def clean_environment(folder, extra=None):
    """The environment without the settings of the user who runs the tests, with a home of its own."""
    result = {key: value for key, value in os.environ.items()
              if not key.startswith(("HOBNOB_", "XDG_")) and key != "PYTHONPATH"}
    result["HOME"] = str(folder)
    if "HOBNOB_TEST_SCHEDULER" in os.environ:  # The run with CAF's own threads: the programs as well.
        result["HOBNOB_SCHEDULER"] = os.environ["HOBNOB_TEST_SCHEDULER"]
    # A small quarantine of freed memory, so that memory which grows can still be told from memory which was used.
    result["ASAN_OPTIONS"] = result.get("ASAN_OPTIONS", "") + ":detect_leaks=1:quarantine_size_mb=16"
    result["LSAN_OPTIONS"] = f"suppressions={Path(__file__).with_name('leaks.supp')}:print_suppressions=0"
    result.update(extra or {})
    return result


class Relay(Program):
    """A running relay_main; `uri` is what peers are given."""

    def __init__(self, name, arguments, folder, **options):
        super().__init__(name, arguments, folder, binary="relay_main", **options)
        self.uri = self.wait_line(r"^relay ready (hobnob://\S+)$", "out").group(1)
        parsed = re.fullmatch(r"hobnob://(.+):(\d+)/\?id=([a-z2-7]{52})", self.uri)
        if not parsed:
            raise AssertionError(f"{name}: not a relay URI: {self.uri}")
        self.host, self.port, self.fingerprint = parsed.group(1).strip("[]"), int(parsed.group(2)), parsed.group(3)


class Peer(Program):
    """A running peer_main with --json; the names of its events are known here (docs/events.md)."""

    def wait_online(self, since=0):
        return self.wait_event("session", since, state="online")

    def wait_link(self, user, state="up", since=0):
        return self.wait_event("link", since, user=user, state=state)

    def wait_presence(self, user, state, since=0):
        return self.wait_event("presence", since, user=user, state=state)

    def wait_text(self, sender, text, since=0):
        return self.wait_event("message", since, **{"from": sender, "text": text})

    def wait_delivered(self, user, since=0):
        return self.wait_event("progress", since, to=user, state="delivered")

    def tell(self, user, text):
        """Sends a chat message by the command on standard input; returns the mark from before it."""
        since = self.mark()
        self.say(f"/msg {user} {text}")
        return since

    def present(self):
        """The users that are online or suspect as far as this peer has been told."""
        states = {e["user"]: e["state"] for e in self.events("presence")}
        return {user for user, state in states.items() if state != "offline"}

    def linked(self):
        """The users it has a link to at this moment, as far as its events tell."""
        states = {e["user"]: e["state"] for e in self.events("link")}
        return {user for user, state in states.items() if state != "down"}


class Outcome:
    """What a program that has ended left behind."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        self.events = [e for e in map(parse_event, out.splitlines()) if e]

    def event(self, name):
        for e in self.events:
            if e["event"] == name:
                return e
        raise AssertionError(f"no event {name} in {self!r}")

    def __repr__(self):
        return f"exit code {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


class ProgramTest(unittest.TestCase):
    """A test that starts programs on loopback, each with its own data directory in a temporary folder."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="hobnob-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.programs = []
        self.addCleanup(self._stop_all)

    def _stop_all(self):
        problems = []
        for program in reversed(self.programs):
            try:
                program.stop()
            except AssertionError as problem:
                problems.append(str(problem))
        for program in self.programs:
            report = re.search(r"^.*(ERROR: \w+Sanitizer|runtime error:).*$", program.text("err"), re.M)
            if report:
                problems.append(f"{program.name}: {report.group(0)}\n{program.text('err')}")
            if isinstance(program, (Peer, Relay)):
                problems += _undescribed(program.text("out"))
        self.assertEqual(problems, [])

    def start(self, *arguments, name="program", kind=Program, **options):
        program = kind(name, arguments, self.folder, gang=self.programs, **options)
        self.programs.append(program)
        return program

    def relay(self, *arguments, data="relay", listen="127.0.0.1:0", **options):
        return self.start("--listen", listen, "--data-dir", self.folder / data, *arguments,
                          name=data, kind=Relay, **options)

    def peer(self, user, relay, *arguments, data=None, listen="127.0.0.1:0", command="run", online=True, **options):
        """A headless peer that prints events; waits until it is online unless told not to."""
        uri = relay if isinstance(relay, str) else relay.uri
        program = self.start(*self.peer_options(user, uri, data, listen), "--json", *arguments, command,
                             name=data or user, kind=Peer, **options)
        if online:
            program.wait_online()
        return program

    def peer_options(self, user, uri, data=None, listen="127.0.0.1:0"):
        """listen None: the default, all addresses of the machine."""
        return ["--relay", uri, "--user", user, "--data-dir", self.folder / (data or user),
                *(["--listen", listen] if listen else [])]

    def run_program(self, binary, *arguments, text=None, environment=None, namespace=None, deadline=DEADLINE):
        """Runs a program to its end."""
        inside = ["ip", "netns", "exec", namespace] if namespace else []
        words = [a if isinstance(a, bytes) else str(a) for a in arguments]
        done = subprocess.run([*inside, program_path(binary), *words], cwd=self.folder,
                              timeout=deadline,
                              input=text if isinstance(text, bytes) else (text or "").encode(), capture_output=True,
                              env=clean_environment(self.folder, environment), check=False)
        self.assertEqual(_undescribed(done.stdout.decode("utf-8", "backslashreplace")), [])
        return Outcome(done.returncode, done.stdout.decode("utf-8", "backslashreplace"),
                       done.stderr.decode("utf-8", "backslashreplace"))

    def run_peer(self, user, relay, *command, data=None, options=(), **more):
        """Runs a peer command to its end, with --json."""
        uri = relay if isinstance(relay, str) else relay.uri
        return self.run_program("peer_main", *self.peer_options(user, uri, data), "--json", *options, *command, **more)

    def link_all(self, peers):
        """Waits until each of these peers (by name) has a link to each other."""
        for user, peer in peers.items():
            for other in peers:
                if other != user:
                    peer.wait_link(other)
