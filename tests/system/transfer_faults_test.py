# ctest: timeout=900
"""Transfers through everything that breaks: full disks, changed sources, pauses, folders moved away."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import unittest
from pathlib import Path

from support.programs import sanitized, wait_until
from support.transfers import MIB, TransferTest, arrived_bytes, make_file, make_tree, parts, snapshot

class Interruptions(TransferTest):
    def slow_transfer(self, *relay, size=6 * MIB, rate="4M"):
        """One that is under way and far from its end."""
        self.start_pair(ann=("--limit", rate), relay=relay)
        source = make_file(self.sources / "film", size)
        transfer = self.send(source)
        self.wait_arrived(size // 8)
        return source, transfer

    def test_a_side_that_stops_is_lost_and_goes_on_when_it_returns(self):
        source, transfer = self.slow_transfer("--heartbeat", "1", size=16 * MIB)
        for stopped, other in (("bob", "ann"), ("ann", "bob")):
            mark = self.sides[other].mark()
            self.sides[stopped].signal(signal.SIGSTOP)
            self.wait_state(other, transfer, mark, state="waiting", code="no-link")
            marks = {user: side.mark() for user, side in self.sides.items()}
            self.sides[stopped].signal(signal.SIGCONT)
            self.wait_state(other, transfer, marks[other], state="running")

            def found_out_and_goes_on(user=stopped, since=marks[stopped]):
                states = [event["state"] for event in self.sides[user].events("transfer-progress", since, id=transfer)]
                return "waiting" in states and "running" in states[states.index("waiting"):]
            wait_until(found_out_and_goes_on, f"the transfer of {stopped}")
        self.wait_done(transfer)
        self.assert_arrived(source)
        self.assert_downloads("film")

    def test_a_pause_of_either_side_holds_it_on_both(self):
        source, transfer = self.slow_transfer(size=12 * MIB)
        for here, there in (("ann", "bob"), ("bob", "ann")):
            marks = {user: side.mark() for user, side in self.sides.items()}
            self.order(here, "pause", transfer)
            self.wait_state(here, transfer, marks[here], state="paused", code="here")
            self.wait_state(there, transfer, marks[there], state="paused", code="there")
            # It outlives the program, and the other side is not asked again.
            self.sides[here].stop()
            self.start_side(here)
            self.wait_state(here, transfer, state="paused", code="here")
            marks = {user: side.mark() for user, side in self.sides.items()}
            self.order(here, "resume", transfer)
            self.wait_state(there, transfer, marks[there], state="running")
        self.wait_done(transfer)
        self.assert_arrived(source)
        self.assert_downloads("film")

    def test_a_cancel_of_either_side_ends_it_on_both_and_leaves_nothing(self):
        self.start_pair(ann=("--limit", "4M"))
        for here, codes in (("ann", ["cancelled", "cancelled-there"]), ("bob", ["cancelled-there", "cancelled"])):
            source = make_file(self.sources / f"ended by {here}" / "film", 8 * MIB).parent
            os.rename(source, self.sources / here)
            transfer = self.send(self.sources / here)
            self.wait_arrived(MIB)
            self.order(here, "cancel", transfer)
            told = [self.sides[user].wait_event("transfer-failed", id=transfer)["code"] for user in ("ann", "bob")]
            self.assertEqual(told, codes)
            wait_until(lambda: list(self.downloads.iterdir()) == [], "an empty download folder")


class Sources(TransferTest):
    """What becomes of the source while it is sent."""

    def changed_meanwhile(self, change):
        self.start_pair(ann=("--limit", "4M"))
        source = make_tree(self.sources / "tree", {"first": 6 * MIB, "second": 6 * MIB})
        transfer = self.send(source)
        self.wait_arrived(MIB)
        change(source)
        for event in self.wait_failed(transfer, "source-changed"):
            self.assertNotEqual(event["detail"], "")
        wait_until(lambda: parts(self.downloads) == [], "no unfinished files")

    def test_one_that_is_written_to(self):
        def write(source):
            with open(source / "first", "r+b") as file:
                file.write(b"something else")
        self.changed_meanwhile(write)

    def test_one_that_shrinks(self):
        self.changed_meanwhile(lambda source: os.truncate(source / "first", 2 * MIB))

    def test_one_that_grows(self):
        self.changed_meanwhile(lambda source: os.truncate(source / "first", 7 * MIB))

    def test_one_that_is_deleted(self):
        self.changed_meanwhile(lambda source: os.unlink(source / "second"))

    def test_one_that_is_replaced_by_a_link(self):
        def replace(source):
            os.rename(source / "second", self.sources / "elsewhere")
            os.symlink(self.sources / "elsewhere", source / "second")
        self.changed_meanwhile(replace)

    def test_thousands_of_small_files_in_nested_folders(self):
        count = int(os.environ.get("HOBNOB_TRANSFER_FILES", 1000 if sanitized() else 10_000))
        self.start_pair()
        source = make_tree(self.sources / "tree", {
            f"{i % 10}/{i // 10 % 10}/{'deeper/' * (i % 4)}file {i}": i * 31 % 5000 for i in range(count)}, seed=count)
        for path in list(source.rglob("file *0")):
            moment = path.stat().st_mtime_ns
            path.chmod(0o755)
            os.utime(path, ns=(moment, moment))
        transfer = self.send(source)
        done = self.wait_done(transfer)
        self.assertEqual(done["files"], count)
        self.assertEqual(done["stored"], [f"{self.downloads / 'tree'}/"])
        self.assert_arrived(source)
        self.assert_downloads("tree")


class Disks(TransferTest):
    """A receiver on a small disk, in a mount namespace of its own."""

    SIZE = 24 * MIB

    def setUp(self):
        super().setUp()
        usable = os.geteuid() == 0 and shutil.which("unshare") and subprocess.run(
            ["unshare", "-m", "mount", "-t", "tmpfs", "none", self.downloads], check=False, capture_output=True)
        if not usable or usable.returncode != 0:
            self.skipTest("a disk of one's own needs root and mount namespaces")

    def start_side(self, user, **options):
        if user == "bob":
            mount = f'mount -t tmpfs -o size={self.SIZE} none "$0" && exec "$@"'
            options["within"] = ("unshare", "-m", "sh", "-c", mount, str(self.downloads))
        side = super().start_side(user, **options)
        if user == "bob":  # As bob sees it.
            self.disk = Path(f"/proc/{side.pid}/root") / self.downloads.relative_to("/")
        return side

    def fill(self, all_but=0):
        free = os.statvfs(self.disk).f_bavail * os.statvfs(self.disk).f_frsize - all_but
        with open(self.disk / "filler", "wb", 0) as file, contextlib.suppress(OSError):
            for _ in range(0, free, 4096):  # Until it is refused.
                file.write(bytes(4096))

    def test_a_full_disk_holds_a_transfer_until_there_is_room(self):
        self.start_pair(ann=("--limit", "8M"))
        source = make_file(self.sources / "film", 16 * MIB)
        self.fill(all_but=MIB)
        transfer = self.send(source)
        # From the beginning: nothing is asked for that there is no room for.
        for user in ("bob", "ann"):
            told = self.wait_state(user, transfer, state="waiting", code="disk-full")
            self.assertIn("room for", told["detail"])
        self.assertEqual([path.name for path in self.disk.iterdir()], ["filler"])
        os.unlink(self.disk / "filler")
        self.order("bob", "resume", transfer)
        self.wait_arrived(2 * MIB, self.disk)
        # In the middle: what is there stays.
        marks = {user: side.mark() for user, side in self.sides.items()}
        self.fill()
        for user, mark in marks.items():
            self.wait_state(user, transfer, mark, state="waiting", code="disk-full")
        self.assertEqual(len(parts(self.disk)), 1)
        os.unlink(self.disk / "filler")
        self.wait_done(transfer)  # By itself.
        self.assertEqual([path.name for path in self.disk.iterdir()], ["film"])
        self.assertEqual((self.disk / "film").read_bytes(), source.read_bytes())


class Folders(TransferTest):
    """Links where a received folder is, or was to be: nothing is written through them."""

    def setUp(self):
        super().setUp()
        self.elsewhere = make_tree(self.folder / "elsewhere", {"private": 100})

    def test_a_folder_that_is_swapped_for_a_link_meanwhile(self):
        self.start_pair(ann=("--limit", "2M"))
        before = snapshot(self.elsewhere)
        source = make_tree(self.sources / "tree", {f"inner/{i:03}": 64 * 1024 for i in range(64)})
        transfer = self.send(source)
        inner = self.downloads / "tree" / "inner"
        wait_until(inner.is_dir, "the folder to be made")
        os.rename(inner, self.downloads / "moved away")
        os.symlink(self.elsewhere, inner)
        self.wait_failed(transfer, "folder-changed")
        self.assertEqual(snapshot(self.elsewhere), before)
        wait_until(lambda: parts(self.downloads) == [], "no unfinished files")

    def test_a_link_at_the_name_of_what_is_offered(self):
        os.symlink(self.elsewhere, self.downloads / "tree")
        os.symlink(self.elsewhere / "private", self.downloads / "report")
        os.symlink(self.folder / "made by nobody", self.downloads / "notes")
        before = snapshot(self.elsewhere)
        self.start_pair()
        for name, source in (("tree", make_tree(self.sources / "tree", {"private": 200, "more/files": 3})),
                             ("report", make_file(self.sources / "report", 100)),
                             ("notes", make_file(self.sources / "notes", 1000))):
            self.wait_done(self.send(source))
            self.assert_arrived(source, f"{name} (2)")
        self.assertEqual(snapshot(self.elsewhere), before)
        self.assertFalse((self.folder / "made by nobody").exists())
        self.assert_downloads("tree", "tree (2)", "report", "report (2)", "notes", "notes (2)")


if __name__ == "__main__":
    unittest.main()
