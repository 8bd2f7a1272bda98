# ctest: serial timeout=600 labels=mesh
"""200 peers in several processes link each to each: 19,900 links. Who leaves is missed by everyone."""

import json
import time
import unittest
from pathlib import Path

from support.programs import DEADLINE, ProgramTest, sanitized


def memory_kib(pid):
    """Proportional set size: shared pages count once over all processes."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise AssertionError("no Pss")


class Mesh(ProgramTest):
    def test_everyone_links_to_everyone_and_misses_who_leaves(self):
        processes, each = (2, 10) if sanitized() else (4, 50)
        total = processes * each
        relay = self.relay()
        started = time.monotonic()
        crowds = [self.start(relay.uri, f"p{number}-", each, total, name=f"crowd {number}", binary="mesh_peers")
                  for number in range(processes)]
        ends = 0
        for crowd in crowds:
            ends += crowd.wait_event("full", deadline=4 * DEADLINE)["links"]
        seconds = time.monotonic() - started
        self.assertEqual(ends, total * (total - 1))
        memory = sum(memory_kib(crowd.pid) for crowd in crowds)
        print(json.dumps({"test": "mesh", "peers": total, "links": ends // 2, "seconds": round(seconds, 2),
                          "kib_per_link_end": round(memory / ends, 1), "relay_kib": memory_kib(relay.pid)}), flush=True)

        # One leaves in good order: every peer in every process knows.
        crowds[0].say("stop p0-0")
        for crowd in crowds:
            crowd.wait_event("missed", user="p0-0")
        # A whole process is killed: everyone in the others knows of every one of its peers.
        crowds[-1].kill()
        for crowd in crowds[:-1]:
            for number in range(each):
                crowd.wait_event("missed", user=f"p{processes - 1}-{number}")


if __name__ == "__main__":
    unittest.main()
