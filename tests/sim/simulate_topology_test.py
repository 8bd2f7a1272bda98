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
        self.assertEqual(messages["delivered_but_missing"], 0)

    def test_a_seed_prints_the_same_again_and_another_one_something_else(self):
        first = self.simulate(self.file)
        self.assertEqual(self.simulate(self.file), first)
        self.assertEqual(self.simulate("--seed", "5", self.file), first)
        other = self.report("--seed", "6")
        self.assertEqual(other["seed"], 6)
        self.assertNotEqual(other["trace_hash"], self.report()["trace_hash"])

    def test_words_say_what_json_says(self):
        words, report = self.simulate(self.file), self.report()
        self.assertIn("seed 5, 60.000 s simulated", words)
        self.assertIn(f"trace hash: {report['trace_hash']}", words)
        self.assertIn("  sent: 13\n", words)
        self.assertIn("  delivered: wan 12\n", words)
        self.assertNotIn("transfers:", words)

    def test_the_hash_is_text_that_no_reader_rounds(self):
        self.assertRegex(self.report()["trace_hash"], "^[0-9a-f]{16}$")

    def test_the_page_names_every_key(self):
        self.file.write_text(TOPOLOGY + "at 1s ann gives bob report 1000\npeer cara direct=off\n")
        self.assertEqual(keys_of(self.report()), documented_keys())

    def routes(self, report):
        return {(row["from"], row["to"]): (row["path"], row.get("reason")) for row in report["routes"]}

    def test_routes_come_with_their_reasons(self):
        self.file.write_text("seed 1\nhandshake plain\nrelay relay\npeer ann direct=off\npeer bob\nrun 20s\n")
        report = self.report()
        self.assertLess(report["everyone_saw_everyone_ms"], 5000)
        self.assertEqual((report["pairs_that_can_link"], report["everyone_linked_ms"]), (0, None))
        routes = self.routes(report)
        self.assertEqual(set(routes), {("ann", "bob"), ("bob", "ann")})
        for path, reason in routes.values():
            self.assertEqual(path, "relay")
            self.assertTrue(reason)
        self.assertIn("everyone had the links that can be: there can be none\n", self.simulate(self.file))

    def test_links_show_when_the_relay_is_down(self):
        self.file.write_text("handshake plain\nrelay relay\npeer ann\npeer bob\nat 10s crash relay\n"
                             "at 30s ann says bob hi\nrun 1min\n")
        report = self.report()
        self.assertEqual(report["messages"]["delivered"], {"wan": 1})
        routes = self.routes(report)
        for one, other in (("ann", "bob"), ("bob", "ann")):
            path, reason = routes[one, other]
            self.assertEqual(path, "wan")
            self.assertRegex(reason, f"^{one} is not logged in: (waiting|connecting)")
        self.assertRegex(self.simulate(self.file), r"ann -> bob: wan \(ann is not logged in: ")

    def test_says_of_each_peer_why_it_talks_to_nobody(self):
        self.file.write_text("handshake plain\nrelay relay\npeer ann\npeer phone user=ann\npeer bob\n"
                             "peer cara relay=other\nrelay other\npeer dave\n"
                             "at 10s kill bob\nat 12s pause dave\nrun 20s\n")
        routes = self.routes(self.report())
        self.assertEqual(len(routes), 15)  # Each of five programs, three other users.
        self.assertEqual(routes["bob", "ann"], ("none", "bob is killed"))
        self.assertEqual(routes["dave", "cara"], ("none", "dave is paused"))
        reasons = {routes[one, "cara"] for one in ("ann", "phone")}  # One login replaces the other.
        self.assertTrue(reasons & {("none", "ann knows no cara"), ("none", "phone knows no cara")}, reasons)
        self.assertTrue(reasons & {("none", "ann is not logged in: replaced"),
                                   ("none", "phone is not logged in: replaced")}, reasons)

    def test_tells_when_the_team_came_together_to_the_millisecond(self):
        self.file.write_text("handshake plain\nrelay relay\npeer ann\npeer bob\npeer cara direct=off\n"
                             "at 0s partition ann from bob\nat 10s heal\n"
                             "at 120s kill bob\nat 140s start bob\nrun 3min\n")
        report = self.report()
        self.assertEqual(report["pairs_that_can_link"], 1)
        self.assertNotEqual(report["everyone_saw_everyone_ms"] % 100, 0)
        self.assertLess(report["everyone_saw_everyone_ms"], 5000)
        self.assertGreater(report["everyone_linked_ms"], 10_000)
        self.assertLess(report["everyone_linked_ms"], 120_000)
        self.assertGreater(report["everyone_sees_everyone_since_ms"], 140_000)
        self.assertGreaterEqual(report["everyone_is_linked_since_ms"], report["everyone_sees_everyone_since_ms"])

    def test_where_nobody_is_left_nobody_sees_everyone(self):
        self.file.write_text("handshake plain\nrelay relay\npeer ann\npeer bob\nat 9s kill ann\nat 9s kill bob\n"
                             "run 20s\n")
        report = self.report()
        self.assertIsNotNone(report["everyone_saw_everyone_ms"])
        self.assertIsNone(report["everyone_sees_everyone_since_ms"])
        self.assertIn("but not at the end", self.simulate(self.file))

    def test_runs_as_long_as_it_is_told(self):
        self.file.write_text("relay relay\npeer ann\nrun 150ms\n")
        self.assertEqual(self.report()["simulated_ms"], 150)

    def test_tells_what_became_of_files_and_of_what_nobody_was_there_to_say(self):
        self.file.write_text("handshake plain\nrelay relay\npeer ann\npeer bob\npeer cara\n"
                             "at 5s ann gives bob report 300000\nat 5s ann gives bob notes 10\n"
                             "at 10s kill bob\nat 20s ann gives bob late 1000\n"
                             "at 20s bob gives ann late 1000\nat 20s bob says ann late\n"
                             "at 20s bob pours ann notes 3 10\nrun 1min\n")
        report = self.report()
        transfers = report["transfers"]
        self.assertEqual({key: transfers[key] for key in ("given", "not_given", "begun", "done", "failed")},
                         {"given": 3, "not_given": 1, "begun": 3, "done": 2, "failed": {}})
        self.assertEqual(sum(transfers["open"].values()), 1)
        self.assertEqual((report["messages"]["sent"], report["messages"]["not_sent"]), (0, 4))
        words = self.simulate(self.file)
        self.assertIn("  done: 2\n", words)
        self.assertIn("  not_sent: 4\n", words)

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
        self.assertIn("--kinds: there is no 'packet'; there are: sent",
                      self.simulate("--kinds", "packet", self.file, expect=1))
        trace = self.folder / "run.ndjson"
        self.assertIn("--words: there is no 'mesage'; there are: ",
                      self.simulate("--words", "mesage", "--trace", trace, self.file, expect=1))
        self.assertIn("--from: 'soon' is no time", self.simulate("--from", "soon", self.file, expect=1))

    def test_chosen_kinds_words_and_times_alone(self):
        trace, diagram = self.folder / "run.ndjson", self.folder / "run.mmd"
        self.simulate("--trace", trace, "--diagram", diagram, "--kinds", "frame_received,fault", "--from", "6s",
                      "--to", "7500ms", "--words", "message,receipt", self.file)
        records = [json.loads(line) for line in trace.read_text().splitlines()]
        self.assertEqual({record["word"] for record in records}, {"message", "receipt"})
        self.assertEqual({record["kind"] for record in records}, {"frame_received"})
        self.assertTrue(all(6_000_000 <= record["us"] <= 7_500_000 for record in records))
        arrows = [line for line in diagram.read_text().splitlines() if "->>" in line]
        self.assertEqual(len(arrows), len(records))

    def test_the_diagram_of_the_shipped_example_shows_more_than_losses_and_is_whole(self):
        diagram = self.folder / "run.mmd"
        shipped = SOURCE / "examples" / "topologies" / "three_sites.topology"
        self.simulate("--diagram", diagram, "--hosts", "ann,bob", shipped)
        lines = diagram.read_text().splitlines()
        lost = [line for line in lines if " lost at " in line]
        self.assertTrue(any(re.search(r"filtered ×\d+, last at", line) for line in lost))
        self.assertLess(2 * len(lost), len(lines))
        self.assertFalse([line for line in lines if line.endswith(" more")])

    def test_a_trace_that_cannot_be_written_is_an_error(self):
        for option in ("--trace", "--diagram"):
            told = self.simulate(option, self.folder / "missing" / "run", self.file, expect=1)
            self.assertIn("cannot be written", told)
            told = self.simulate(option, "/dev/full", self.file, expect=1)
            self.assertIn("is not whole", told)

    def wrong(self, text):
        self.file.write_text(text)
        told = self.simulate(self.file, expect=1)
        self.assertTrue(told.startswith(f"{self.file}: "), told)
        return told[len(f"{self.file}: "):-1]

    def test_says_what_is_wrong_before_the_run(self):
        self.assertEqual(self.wrong("fly"), "line 1: there is no statement 'fly'")
        self.assertEqual(self.wrong("relay relay\npeer ann\nat 9s unplugg ann\n"),
                         "line 3: 'unplugg ann' is no fault, and nothing that a peer says or gives")
        self.assertEqual(self.wrong("relay relay\npeer ann\nat 9h crash bob\n"),
                         "line 3: no program runs on a host named bob")
        self.assertEqual(self.wrong("relay relay\npeer ann\nat 1s ann pours ann notes 5 9999999999999\n"),
                         "line 3: the size is at most 16777216")
        for nobody in ("", "# Nobody.\n", "relay relay\n"):
            self.assertEqual(self.wrong(nobody), "there is nothing to simulate: no peer")

    def test_what_comes_after_the_end_is_told(self):
        self.file.write_text("relay relay\npeer ann\nat 9s crash ann\nrun 5s\n")
        run = subprocess.run([PROGRAM, self.file], capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stderr), (0, f"{self.file}: line 3: the run ends before that\n"))

    def test_says_which_argument_is_wrong(self):
        missing = self.folder / "missing"
        self.assertEqual(self.simulate(missing, expect=1), f"{missing}: cannot be read\n")
        self.assertEqual(self.simulate(self.folder, expect=1), f"{self.folder}: is a folder\n")
        for seed in ("-1", "many", "18446744073709551616"):
            self.assertEqual(self.simulate("--seed", seed, self.file, expect=1),
                             f"--seed: '{seed}' is no number from 0 to 18446744073709551615\n")
        self.assertTrue(self.simulate("--help").startswith("usage: example_simulate_topology [OPTION...] FILE\n"))


def keys_of(report):
    """Without the names that are counted by."""
    keys = set()
    for key, value in report.items():
        if key == "routes":
            keys |= {f"routes.{part}" for row in value for part in row} | {key}
        elif key in ("messages", "transfers"):
            keys |= {f"{key}.{part}" for part in value}
        else:
            keys.add(key)
    return keys


def documented_keys():
    page = (SOURCE / "docs" / "simulation.md").read_text()
    table = page.split("### Keys of the report")[1].split("\n\n")[2]
    return {key for row in table.splitlines()[2:] for key in re.findall("`([a-z_.]+)`", row.split("|")[1])}


if __name__ == "__main__":
    unittest.main()
