"""What examples/simulate_topology.cpp prints, and that its seed decides it."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HOBNOB_BUILD_DIR", SOURCE / "build" / "relwithdebinfo"))
PROGRAM = BUILD / "examples" / "example_simulate_topology"

TOPOLOGY = """
seed 5
handshake plain
relay relay
peer ann
peer bob
at 5s ann says bob hello
at 6s ann sends bob notes hello
at 7s bob pours ann notes 10 1000
at 10s partition ann from bob relay
at 11s ann says bob nobody hears me
run 1min
"""


class SimulateTopology(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / "team.topology"
        self.file.write_text(TOPOLOGY)

    def simulate(self, *options, expect=0):
        run = subprocess.run([PROGRAM, *options], capture_output=True, text=True)
        self.assertEqual(run.returncode, expect, run.stderr)
        return run.stdout if expect == 0 else run.stderr

    def report(self, *options):
        return json.loads(self.simulate("--json", *options, self.file))

    def test_tells_what_became_of_each_message_of_every_kind(self):
        messages = self.report()["messages"]
        self.assertEqual(messages["sent"], 13)
        self.assertEqual(messages["delivered"], {"wan": 12})
        self.assertEqual(sum(messages["failed"].values()) + messages["unsettled"], 1)
        self.assertEqual(messages["doubled"], 0)
        self.assertEqual(messages["delivered_but_not_received"], 0)

    def test_a_seed_prints_the_same_again_and_another_one_something_else(self):
        first = self.simulate(self.file)
        self.assertEqual(self.simulate(self.file), first)
        self.assertEqual(self.simulate("--seed", "5", self.file), first)
        other = self.report("--seed", "6")
        self.assertEqual(other["seed"], 6)
        self.assertNotEqual(other["trace_hash"], self.report()["trace_hash"])

    def test_words_say_what_json_says(self):
        words, report = self.simulate(self.file), self.report()
        self.assertIn("seed 5, 60 s simulated", words)
        self.assertIn(f"trace hash: {report['trace_hash']}", words)
        self.assertIn("  sent: 13\n", words)

    def test_routes_come_with_their_reasons(self):
        self.file.write_text("seed 1\nhandshake plain\nrelay relay\npeer ann direct=off\npeer bob\nrun 20s\n")
        report = self.report()
        self.assertLess(report["everyone_saw_everyone_s"], 5)
        for route in report["routes"]:
            self.assertEqual(route["path"], "relay")
            self.assertTrue(route["why_not_direct"])

    def test_writes_trace_and_diagram_which_change_nothing(self):
        trace, diagram = self.folder / "run.ndjson", self.folder / "run.mmd"
        report = self.report("--trace", trace, "--diagram", diagram)
        self.assertEqual(report, self.report())
        records = [json.loads(line) for line in trace.read_text().splitlines()]
        self.assertIn("partition ann from bob relay", [record.get("text") for record in records])
        lines = diagram.read_text().splitlines()
        self.assertEqual(lines[0], "sequenceDiagram")
        for host in ("ann", "bob", "relay"):
            self.assertTrue(any(re.fullmatch(rf"  participant h\d+ as {host}", line) for line in lines), host)
        self.assertTrue(any("->>" in line for line in lines))

    def test_chosen_hosts_alone_in_trace_and_diagram(self):
        trace, diagram = self.folder / "run.ndjson", self.folder / "run.mmd"
        self.simulate("--trace", trace, "--diagram", diagram, "--hosts", "ann,bob", self.file)
        lines = diagram.read_text().splitlines()
        shown = [line.rsplit(" ", 1)[1] for line in lines if "participant" in line]
        self.assertEqual(shown, ["ann", "bob"])
        self.assertTrue(any("->>" in line for line in lines))
        records = [json.loads(line) for line in trace.read_text().splitlines()]
        self.assertTrue(records)
        for record in records:
            self.assertTrue({record.get("host"), record.get("peer")} & {"ann", "bob"}, record)

    def test_a_host_that_is_not_there_is_an_error_that_names_those_which_are(self):
        self.assertEqual(self.simulate("--hosts", "ann,bop", self.file, expect=1),
                         "--hosts: there is no 'bop'; there are: relay ann bob internet\n")
        self.assertIn("there is no ''", self.simulate("--hosts", "ann,,bob", self.file, expect=1))

    def test_a_trace_that_cannot_be_written_is_an_error(self):
        for option in ("--trace", "--diagram"):
            told = self.simulate(option, self.folder / "missing" / "run", self.file, expect=1)
            self.assertIn("cannot be written", told)
            told = self.simulate(option, "/dev/full", self.file, expect=1)
            self.assertIn("is not whole", told)

    def test_says_what_is_wrong(self):
        self.assertIn("cannot be read", self.simulate(self.folder / "missing", expect=1))
        self.file.write_text("fly")
        self.assertIn("line 1: there is no statement 'fly'", self.simulate(self.file, expect=1))


if __name__ == "__main__":
    unittest.main()
