# ctest: timeout=300
"""One seed, one trace in every build: compares with what other builds of the same sources saw.

Each build writes the hashes of its traces into its folder; the builds beside it compare. The first of them has nobody
to agree with: it is shown as skipped.
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


def hashes_of_other_builds(build, sources):
    """By the name of the build, of those that were made of these sources."""
    seen = {path.parent: json.loads(path.read_text()) for path in sorted(build.parent.glob(f"*/{RESULT}"))}
    return {folder.name: result["hashes"] for folder, result in seen.items()
            if folder != build and result["sources"] == sources}


class Builds(unittest.TestCase):
    def test_builds_of_the_same_sources_see_the_same_traces(self):
        own = {"sources": digest_of_sources(), "hashes": hashes_of_this_build()}
        (BUILD / RESULT).write_text(json.dumps(own))
        self.assertGreater(len(own["hashes"]), 20)
        others = hashes_of_other_builds(BUILD, own["sources"])
        if not others:
            print("SKIPPED: no other build of these sources has been tested", flush=True)
            self.skipTest("nobody to agree with")
        for name, hashes in others.items():
            with self.subTest(build=name):
                self.assertEqual(own["hashes"], hashes)
        names = ", ".join(others)
        print(f"other builds that agree on {len(own['hashes'])} traces: {len(others)} ({names})", flush=True)


if __name__ == "__main__":
    unittest.main()
