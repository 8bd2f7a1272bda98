"""A program in a terminal: types into it and reads what the screen shows."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time

from support.programs import DEADLINE, clean_environment, program_path

CONTROL_SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)([@-~])")


class Screen:
    """As much of a VT100 as a line editor needs: cursor movement, erasing, wrapping, and whether colours are on."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.rows, self.row, self.column = [[]], 0, 0
        self.sequences = []  # Every control sequence seen, for tests that forbid some.
        self.coloured = False  # What is written now is bold, dim or in a colour.
        self._rest = ""

    def lines(self):
        return ["".join(row).rstrip() for row in self.rows]

    def line_of_cursor(self):
        return "".join(self.rows[self.row]).rstrip()

    def feed(self, text):
        text, at = self._rest + text, 0
        self._rest = ""
        while at < len(text):
            if text[at] == "\x1b":
                found = CONTROL_SEQUENCE.match(text, at)
                if found:
                    self.sequences.append(found.group(0))
                    self._control(found.group(1), found.group(2))
                    at = found.end()
                    continue
                if len(text) - at < 12 and re.fullmatch(r"\x1b(\[[0-9;?]*)?", text[at:]):
                    self._rest = text[at:]
                    return
                self.sequences.append(text[at:at + 2])
                at += 3 if text[at + 1:at + 2] in ("(", ")") else 2
                continue
            self._put(text[at])
            at += 1

    def _put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self._down()
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character >= " ":
            if self.column == self.width:
                self.column = 0
                self._down()
            row = self.rows[self.row]
            row.extend(" " * (self.column + 1 - len(row)))
            row[self.column] = character
            self.column += 1

    def _down(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([])

    def _control(self, arguments, command):
        number = int(arguments) if arguments.isdigit() else 0
        count = max(1, number)
        row = self.rows[self.row]
        if command == "m":
            self.coloured = arguments not in ("", "0")
        elif command == "C":
            self.column = min(self.width - 1, self.column + count)
        elif command == "D":
            self.column = max(0, self.column - count)
        elif command == "A":
            self.row = max(0, self.row - count)
        elif command == "B":
            for _ in range(count):
                self._down()
        elif command == "G":
            self.column = count - 1
        elif command == "K":
            if number == 0:
                del row[self.column:]
            elif number == 2:
                row.clear()
        elif command == "J" and number == 0:
            del row[self.column:]
            del self.rows[self.row + 1:]
        elif command == "J" or command == "H":
            self.rows, self.row, self.column = [[]], 0, 0
        elif command == "P":
            del row[self.column:self.column + count]
        elif command == "@":
            row[self.column:self.column] = " " * count


class Terminal:
    """A program running in a pseudo terminal."""

    def __init__(self, arguments, folder, *, binary="peer_main", width=100, height=40, kind="xterm"):
        controller, terminal = pty.openpty()
        self.name = binary
        self.screen = Screen(width, height)
        self.raw = b""
        self._changed = threading.Condition()
        self._controller = controller
        self.resize(width, height)
        self.process = subprocess.Popen(
            [program_path(binary), *[str(a) for a in arguments]], stdin=terminal, stdout=terminal, stderr=terminal,
            cwd=folder, start_new_session=True, env=clean_environment(folder, {"TERM": kind, "LC_ALL": "C.UTF-8"}))
        os.close(terminal)
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    @property
    def pid(self):
        return self.process.pid

    def _collect(self):
        while True:
            try:
                data = os.read(self._controller, 65536)
            except OSError:
                data = b""
            with self._changed:
                if data:
                    self.raw += data
                    self.screen.feed(data.decode("utf-8", "replace"))
                self._changed.notify_all()
            if not data:
                return

    def resize(self, width, height):
        """What has been written stays as it is."""
        with self._changed:
            self.screen.width, self.screen.height = width, height
        fcntl.ioctl(self._controller, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def type(self, text):
        os.write(self._controller, text.encode())

    def wait(self, what, condition, deadline=DEADLINE):
        """Waits until `condition(screen)` is true."""
        end = time.monotonic() + deadline
        with self._changed:
            while not condition(self.screen):
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"waited in vain for {what}; the screen:\n" + "\n".join(self.screen.lines()))
                self._changed.wait(min(left, 0.5))

    def wait_text(self, text):
        self.wait(f"{text!r} on the screen", lambda screen: any(text in line for line in screen.lines()))

    def text(self, stream=None):
        """For ProgramTest, which looks for reports of sanitizers."""
        return self.raw.decode("utf-8", "replace")

    def recent(self, count):
        """The last lines of the screen, for the story of a failed test."""
        with self._changed:
            return [f"  | {line}" for line in self.screen.lines()[-count:]]

    def wait_exit(self, deadline=DEADLINE):
        return self.process.wait(deadline)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(10)
        try:
            os.close(self._controller)
        except OSError:
            pass
        return self.process.returncode
