"""Which builds builds_test.py compares with. Not in that file: a failure beside its skip would be taken for a skip."""

import json
import tempfile
import unittest
from pathlib import Path

from builds_test import RESULT, hashes_of_other_builds


class OtherBuilds(unittest.TestCase):
    def test_only_other_builds_of_the_same_sources_count(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, sources in (("own", "new"), ("asan", "new"), ("older", "old"), ("debug", "new")):
                (Path(folder) / name).mkdir()
                (Path(folder) / name / RESULT).write_text(json.dumps({"sources": sources, "hashes": [name]}))
            self.assertEqual(hashes_of_other_builds(Path(folder) / "own", "new"),
                             {"asan": ["asan"], "debug": ["debug"]})


if __name__ == "__main__":
    unittest.main()
