# ctest: timeout=300
"""One seed, one trace in every build: compares with what other builds of the same sources saw.

Each build writes the hashes of its traces into its folder; the builds beside it compare. The first of them has nobody
to agree with.
"""

import hashlib
import json
import os
import subprocess
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("HOBNOB_BUILD_DIR", SOURCE / "build" / "relwithdebinfo"))
RESULT = "trace_hashes.json"


def digest_of_sources():
    """Of everything that a trace may depend on."""
    digest = hashlib.sha256()
    for folder in ("actors", "transport", "tests/sim"):
        for path in sorted((SOURCE / folder).rglob("*.?pp")) + sorted((SOURCE / folder).rglob("*.proto")):
            digest.update(str(path.relative_to(SOURCE)).encode() + path.read_bytes())
    return digest.hexdigest()


def hashes_of_this_build():
    printed = subprocess.run([BUILD / "tests" / "sim" / "swarm_test", "--gtest_also_run_disabled_tests",
                              "--gtest_filter=*DISABLED_PrintsHashes"],
                             capture_output=True, text=True, check=True).stdout
    return next(line.split()[1:] for line in printed.splitlines() if line.startswith("hashes: "))


class Builds(unittest.TestCase):
    def test_builds_of_the_same_sources_see_the_same_traces(self):
        own = {"sources": digest_of_sources(), "hashes": hashes_of_this_build()}
        (BUILD / RESULT).write_text(json.dumps(own))
        self.assertGreater(len(own["hashes"]), 20)
        for other in sorted(BUILD.parent.glob(f"*/{RESULT}")):
            seen = json.loads(other.read_text())
            if other.parent == BUILD or seen["sources"] != own["sources"]:
                continue
            with self.subTest(build=other.parent.name):
                self.assertEqual(own["hashes"], seen["hashes"])
                print(f"as in {other.parent.name}: {len(own['hashes'])} traces")


if __name__ == "__main__":
    unittest.main()
