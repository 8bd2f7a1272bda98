# ctest: timeout=300
"""Everything the programs print with --json is as docs/events.schema.json and docs/events.md say."""

import json
import re
import unittest

from support.programs import SOURCE, ProgramTest

TYPES = {"string": str, "boolean": bool, "integer": int, "array": list, "object": dict}


def faults(value, schema, where="event"):
    """What of `value` is not as the JSON schema says; knows as much of the standard as the schema uses."""
    if "const" in schema and value != schema["const"]:
        return [f"{where} is {value!r}, not {schema['const']!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where} is {value!r}, none of {schema['enum']}"]
    kind = TYPES.get(schema.get("type"))
    if kind and (not isinstance(value, kind) or kind is int and isinstance(value, bool)):
        return [f"{where} is {value!r}, no {schema['type']}"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{where} is {value!r}, not like {schema['pattern']}"]
    if "minimum" in schema and value < schema["minimum"]:
        return [f"{where} is {value!r}, less than {schema['minimum']}"]
    found = []
    if isinstance(value, list):
        for element in value:
            found += faults(element, schema.get("items", {}), f"{where}[]")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, field in value.items():
            if name in known:
                found += faults(field, known[name], f"{where}.{name}")
            elif schema.get("additionalProperties", True) is False:
                found.append(f"{where}.{name} is not in the schema")
    return found


class Events(ProgramTest):
    @classmethod
    def setUpClass(cls):
        whole = json.loads((SOURCE / "docs" / "events.schema.json").read_text())
        cls.schema = whole["$defs"]
        cls.listed = [each["$ref"].removeprefix("#/$defs/") for each in whole["oneOf"]]
        cls.page = (SOURCE / "docs" / "events.md").read_text()

    def test_the_schema_lists_every_event_once(self):
        self.assertEqual(sorted(self.listed), sorted(self.schema))

    def check(self, text):
        """The names of the events in these lines of output, all of which must be valid."""
        names = set()
        for line in filter(None, text.splitlines()):
            event = json.loads(line)
            self.assertIn(event["event"], self.schema, line)
            self.assertEqual(faults(event, self.schema[event["event"]]), [], line)
            names.add(event["event"])
        return names

    def test_the_output_of_a_whole_life_is_as_documented(self):
        server = self.start("--listen", "127.0.0.1:0", "--data-dir", self.folder / "relay", "--json",
                            name="relay", binary="relay_main")
        ready = server.wait("the relay", lambda which, text, _: which == "out" and json.loads(text))
        bare = ready["uri"].split("?")[0]  # Without the key: it is learned at first use.
        ann, bob = self.peer("ann", bare), self.peer("bob", ready["uri"], "--download-dir", self.folder / "downloads")
        self.link_all({"ann": ann, "bob": bob})
        ann.tell("bob", "hello \u202e \x1b[2J")
        bob.wait_event("message")
        ann.wait_delivered("bob")
        for line in ("/who", "/status", "/ping bob", "/verify bob", "/help", "/nonsense", "/msg nobody hi"):
            ann.say(line)
        ann.wait_event("progress", state="failed")
        ann.wait_event("ping")
        for answer, end in (("/accept", "transfer-done"), ("/reject", "transfer-failed")):
            since = bob.mark()
            (self.folder / answer[1:]).write_text("content")
            ann.say(f"/send bob {self.folder}{answer}")
            bob.wait_event("transfer-offer", since)
            bob.say(answer)
            ann.wait_event(end)
        ann.say("/transfers")
        ann.wait_event("transfers")
        alone = [self.run_peer("cy", ready["uri"], *command).out
                 for command in (("say", "bob", "hi"), ("who",), ("status",), ("ping", "bob"), ("verify", "bob"),
                                 ("id",), ("say", "nobody", "hi"))]
        users = self.run_program("relay_main", "--data-dir", self.folder / "relay", "--json", "users").out
        kicked = self.run_program("relay_main", "--data-dir", self.folder / "relay", "--json", "kick", "bob").out
        bob.wait_event("session", state="refused", code="kicked")
        self.assertEqual(bob.wait_exit(), 5)
        ann.wait_presence("bob", "offline")
        ann.say(f"/send bob {self.folder}/accept")
        ann.wait_event("notice", user="bob")
        ann.say("/quit")
        self.assertEqual(ann.wait_exit(), 0)

        names = self.check("\n".join([ann.text("out"), bob.text("out"), server.text("out"), users, kicked, *alone]))
        rare = {"application"}  # peer_main sends none.
        self.assertEqual(set(self.schema) - names - rare, set())

    def test_the_page_and_the_schema_name_the_same_events_and_fields(self):
        documented = set(re.findall(r"^\| `([a-z-]+)` \|", self.page, re.M))
        self.assertEqual(set(self.schema) - documented, set())
        for name, schema in self.schema.items():
            for field in schema["properties"]:
                self.assertTrue(field in ("event", "v") or f"`{field}`" in self.page, f"{name}.{field}")


if __name__ == "__main__":
    unittest.main()
