"""Holds events against docs/events.schema.json (as much of JSON Schema as that file uses)."""

import functools
import json
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


@functools.cache
def event_schemas(source):
    schema = json.loads((source / "docs" / "events.schema.json").read_text())
    return schema["$defs"]


def faults(value, schema, place=""):
    """What is wrong with a value, as a list of sentences."""
    result = []
    if "const" in schema and value != schema["const"]:
        result.append(f"{place}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        result.append(f"{place}: {value!r} is none of {schema['enum']}")
    kind = TYPES.get(schema.get("type"))
    if kind and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
        return result + [f"{place}: {value!r} is no {schema['type']}"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        result.append(f"{place}: {value!r} does not match {schema['pattern']}")
    if "minimum" in schema and value < schema["minimum"]:
        result.append(f"{place}: {value!r} is less than {schema['minimum']}")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        result += [f"{place}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, item in value.items():
            if name in known:
                result += faults(item, known[name], f"{place}.{name}")
            elif schema.get("additionalProperties") is False:
                result.append(f"{place}: {name} is not described")
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            result += faults(item, schema["items"], f"{place}[{number}]")
    return result


def event_faults(source, event):
    """What is wrong with an event object of a program."""
    schema = event_schemas(source).get(event.get("event"))
    return faults(event, schema, event["event"]) if schema else [f"{event} is not described"]
