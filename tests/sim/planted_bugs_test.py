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
            self.assertEqual(path.read_text(), "found by seed 7: ann has no link to bob\nlimit: 30 seeds\n"
                                               "It is rare.\n--- a/x.cpp\n+++ b/x.cpp\n")
            again = planted_bugs.Patch(path)
            self.assertEqual((again.seed, again.limit, again.files), (7, 30, ["x.cpp"]))
            self.assertEqual(again.reason, "It is rare.")


if __name__ == "__main__":
    unittest.main()
