"""The planted bugs can still be planted: each patch fits the code it changes, and says who finds it."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import planted_bugs  # noqa: E402

LIMIT_MAX = 200


class PlantedBugs(unittest.TestCase):
    def setUp(self):
        self.patches = [planted_bugs.Patch(path) for path in sorted(planted_bugs.PATCHES.glob("*.patch"))]

    def test_there_are_enough_of_them(self):
        self.assertGreaterEqual(len(self.patches), 20)

    def test_each_patch_applies_as_it_is(self):
        for patch in self.patches:
            with self.subTest(patch=patch.path.name):
                self.assertTrue(patch.files)
                try:
                    patch.apply(planted_bugs.ROOT, "--dry-run", "--force")
                except subprocess.CalledProcessError as error:
                    self.fail(error.stdout)

    def test_each_patch_says_its_limit_and_was_found_within_it(self):
        for patch in self.patches:
            with self.subTest(patch=patch.path.name):
                self.assertIsNotNone(patch.limit)
                self.assertTrue(patch.limit <= LIMIT_MAX or patch.reason)
                self.assertLessEqual(patch.seed, patch.limit)

    def test_what_was_found_is_written_into_the_head_and_comes_back(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "01_x.patch"
            path.write_text("limit: 30 seeds\nIt is rare.\n--- a/x.cpp\n+++ b/x.cpp\n")
            planted_bugs.Patch(path).write(7, "ann has no link to bob")
            again = planted_bugs.Patch(path)
            self.assertEqual(path.read_text(), "found by seed 7: ann has no link to bob\n"
                                               f"swarm: {planted_bugs.digest_of_swarm()}\nlimit: 30 seeds\n"
                                               "It is rare.\n--- a/x.cpp\n+++ b/x.cpp\n")
            self.assertEqual((again.seed, again.limit, again.files), (7, 30, ["x.cpp"]))
            self.assertEqual(again.reason, "It is rare.")
            again.write(8, "bob sees nobody")
            self.assertEqual(planted_bugs.Patch(path).head.count("swarm: "), 1)

    def test_what_an_older_swarm_found_is_stale(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "01_x.patch"
            path.write_text("found by seed 7: x\nlimit: 30 seeds\n--- a/x.cpp\n+++ b/x.cpp\n")
            old = planted_bugs.Patch(path)
            self.assertTrue(old.is_stale)
            old.write(7, "x")
            self.assertFalse(planted_bugs.Patch(path).is_stale)
            path.write_text(path.read_text().replace("swarm: ", "swarm: 0"))
            self.assertTrue(planted_bugs.Patch(path).is_stale)

    def test_the_sources_of_the_swarm_are_there(self):
        for pattern in planted_bugs.SWARM_SOURCES:
            self.assertTrue(list(planted_bugs.ROOT.glob(pattern)), pattern)


if __name__ == "__main__":
    unittest.main()
