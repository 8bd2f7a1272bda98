"""Files that real peers send each other: trees to send, what became of them, and the events on the way."""

import contextlib
import hashlib
import os
import random
import stat
from pathlib import Path

from support.programs import ProgramTest, wait_until

MIB = 1024 * 1024

PART = ".hobnob-part-"


def make_file(path, size, seed=None):
    """A file of `size` random bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = random.Random(seed)
    with open(path, "wb") as file:
        for begin in range(0, size, MIB):
            file.write(source.randbytes(min(MIB, size - begin)))
    return path


def make_tree(folder, files, seed=None):
    """Files of random content at these paths ({path: size}), all of them and their folders from some time ago."""
    source = random.Random(seed)
    for path, size in files.items():
        make_file(folder / path, size, source.random())
    for path in sorted([folder, *folder.rglob("*")], reverse=True):
        moment = 1_500_000_000_000_000_000 + source.randrange(10**17)
        os.utime(path, ns=(moment, moment))
    return folder


def snapshot(folder, without=()):
    """Everything beneath a folder, but these parts of it: {path: what it is}. Equal: nothing was touched."""
    result = {}
    for root, folders, files in os.walk(folder):
        place = Path(root).relative_to(folder)
        folders[:] = [name for name in folders if str(place / name) not in without]
        result |= {str(place / name): look(Path(root) / name) for name in folders + files}
    return result


def look(path):
    """What stands there: mode, time, content."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        content = os.readlink(path)
    elif stat.S_ISREG(found.st_mode):
        with open(path, "rb") as file:
            content = hashlib.file_digest(file, "blake2b").hexdigest()
    else:
        content = ""
    return stat.filemode(found.st_mode), found.st_mtime_ns, content


def received_form(sent):
    """What a snapshot is to be at the receiver: its umask decides about the modes, and nothing is executable."""
    umask = os.umask(0)
    os.umask(umask)
    modes = {"d": stat.S_IFDIR | 0o777 & ~umask, "-": stat.S_IFREG | 0o666 & ~umask}
    return {path: (stat.filemode(modes[mode[0]]), *rest) for path, (mode, *rest) in sent.items()}


def arrived_bytes(folder):
    """How much there is in a folder, unfinished files included."""
    total = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as found:
        for entry in found:
            with contextlib.suppress(FileNotFoundError):  # It has just got its name.
                if entry.is_dir(follow_symlinks=False):
                    total += arrived_bytes(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    total += entry.stat(follow_symlinks=False).st_size
    return total


def parts(folder):
    """Unfinished files."""
    return [path.name for path in folder.rglob(PART + "*")]


class TransferTest(ProgramTest):
    """Ann, who sends, and bob, who receives into `downloads`; both may be killed and started again.

    What a test sends lies in `sources`.
    """

    def setUp(self):
        super().setUp()
        self.sources = self.folder / "sources"
        self.downloads = self.folder / "area" / "of" / "bob" / "downloads"
        for folder in (self.sources, self.downloads):
            folder.mkdir(parents=True)
        self.server = None
        self.sides = {}
        self._options = {}

    # --- programs ---

    def start_pair(self, *both, ann=(), bob=(), accept="all", relay=(), linked=True, **options):
        """A relay, ann and bob, with these options."""
        self.server = self.relay(*relay)
        receiving = ("--accept-files", accept, "--download-dir", self.downloads)
        self._options = {"ann": (*both, *ann), "bob": (*both, *receiving, *bob)}
        for user in self._options:
            self.start_side(user, **options)
        if linked:
            self.link_all(self.sides)
        return self.sides["ann"], self.sides["bob"]

    def start_side(self, user, **options):
        self.sides[user] = self.peer(user, self.server, *self._options[user], **options)
        return self.sides[user]

    def start_again(self, user, **options):
        """Kills it with no warning, and starts it as it was."""
        self.sides[user].kill()
        return self.start_side(user, **options)

    def start_relay_again(self):
        port = self.server.port
        self.server.kill()
        self.server = self.relay(listen=f"127.0.0.1:{port}")

    # --- transfers ---

    def send(self, path, to="bob", user="ann"):
        """Begins a transfer by the command on standard input; its id, as soon as there is one."""
        since = self.sides[user].mark()
        self.sides[user].say(f"/send {to} {path}")
        return self.sides[user].wait_event("transfer-progress", since, direction="sending", name=Path(path).name)["id"]

    def order(self, user, what, transfer):
        """pause, resume, cancel, accept, reject."""
        since = self.sides[user].mark()
        self.sides[user].say(f"/{what} {transfer}")
        self.sides[user].wait_event("transfer-order", since, order=what, id=transfer)

    def wait_state(self, user, transfer, since=0, **fields):
        return self.sides[user].wait_event("transfer-progress", since, id=transfer, **fields)

    def wait_done(self, transfer, since=0):
        """Until both sides have told that all is there; what the receiver told."""
        self.sides["ann"].wait_event("transfer-done", id=transfer, direction="sending")
        return self.sides["bob"].wait_event("transfer-done", since, id=transfer, direction="receiving")

    def wait_failed(self, transfer, code):
        """Until both sides have told that it failed, for the same reason."""
        told = [self.sides[user].wait_event("transfer-failed", id=transfer) for user in ("ann", "bob")]
        self.assertEqual([event["code"] for event in told], [code, code], told)
        return told

    def wait_arrived(self, count, folder=None):
        """Until so many bytes of it are on bob's disk."""
        folder = folder or self.downloads
        try:
            wait_until(lambda: arrived_bytes(folder) >= count, f"{count} bytes in {folder}")
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{self.server.story()}") from None

    # --- what there is at the end ---

    def assert_arrived(self, source, name=None, folder_times=True):
        """The tree at `source` stands in the downloads, equal, and beside it nothing of the transfer."""
        target = self.downloads / (name or source.name)
        self.assertEqual(parts(self.downloads), [])
        if source.is_file():
            self.assertEqual(received_form({"it": look(source)}), {"it": look(target)})
            return
        wanted, found = received_form(snapshot(source)), snapshot(target)
        if not folder_times:
            for rows in (wanted, found):
                rows |= {path: (mode, 0, content) for path, (mode, _, content) in rows.items() if mode[0] == "d"}
        different = {path: (wanted.get(path), found.get(path)) for path in wanted.keys() | found.keys()
                     if wanted.get(path) != found.get(path)}
        self.assertEqual(different, {}, "what was sent and what is there")

    def assert_downloads(self, *names):
        """Exactly this stands in the download folder."""
        self.assertEqual(sorted(path.name for path in self.downloads.iterdir()), sorted(names))
