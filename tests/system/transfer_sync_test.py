# ctest: timeout=300 unsanitized
"""A receiver whose disk does not store what was written, or gives no names to it: nothing is told as done before it is."""

import errno
import os
import unittest

from support.programs import program_path, wait_until
from support.transfers import MIB, TransferTest, make_file, make_tree, parts


class FailingCalls(TransferTest):
    """Bob's calls fail as long as a file says so: see support/failing_calls.hpp."""

    def setUp(self):
        super().setUp()
        self.failing = self.folder / "failing"

    def start_side(self, user, **options):
        if user == "bob":
            options["environment"] = {"LD_PRELOAD": program_path("failing_calls_preloaded.so"),
                                      "FAILING_CALLS": str(self.failing)}
        return super().start_side(user, **options)

    def fail(self, call, error):
        self.failing.write_text(f"{call} {error}\n")

    def named(self):
        """Files under their names."""
        return [path for path in self.downloads.rglob("*") if path.is_file() and path.name not in parts(self.downloads)]

    def done(self):
        """The transfers that a side has told as done."""
        return {user: [event["id"] for event in side.events("transfer-done")] for user, side in self.sides.items()}

    def test_what_is_not_stored_waits_and_comes_when_there_is_room(self):
        self.start_pair()
        for call in ("syncfs", "renameat2"):
            with self.subTest(call):
                source = make_tree(self.sources / call, {f"{i % 3}/small {i}": 100 + i for i in range(50)})
                named, done = self.named(), self.done()
                self.fail(call, errno.ENOSPC)
                transfer = self.send(source)
                for user in ("bob", "ann"):
                    told = self.wait_state(user, transfer, state="waiting", code="disk-full")
                    self.assertIn(os.strerror(errno.ENOSPC), told["detail"])
                self.assertEqual(self.named(), named)
                self.assertEqual(self.done(), done)
                self.failing.unlink()
                self.order("bob", "resume", transfer)
                self.wait_done(transfer)
                self.assert_arrived(source)

    def test_a_disk_that_fails_ends_it_with_its_reason_and_the_same_file_can_be_sent_again(self):
        self.start_pair()
        source = make_file(self.sources / "film", 12 * MIB)
        self.fail("fsync", errno.EIO)
        transfer = self.send(source)
        for event in self.wait_failed(transfer, "disk-error"):
            self.assertIn(os.strerror(errno.EIO), event["detail"])
        self.assertEqual(self.done(), {"ann": [], "bob": []})
        wait_until(lambda: list(self.downloads.iterdir()) == [], "nothing is left in the downloads")
        self.failing.unlink()
        self.wait_done(self.send(source))
        self.assert_arrived(source)
        self.assert_downloads("film")


if __name__ == "__main__":
    unittest.main()
