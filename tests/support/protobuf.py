"""A small protobuf encoder and decoder that reads its schema from the files in transport/wire.

It shares no code with the programs under test, and it can write what a generated encoder never would.
Messages are dictionaries of the fields that are set:

    encode("Control", {"lookup": {"query": 1, "user": "bob"}})
"""

import re
import struct

from support.programs import SOURCE


class Field:
    def __init__(self, name, kind, repeated):
        self.name, self.kind, self.repeated = name, kind, repeated


def _bodies(text, outer=""):
    """(name, body) of every message; of one within another the name is Outer.Inner, and Outer's body goes without it."""
    found, rest, at = [], "", 0
    while start := re.compile(r"\bmessage\s+(\w+)\s*\{").search(text, at):
        depth, end = 1, start.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        name = outer + start.group(1)
        inner, own = _bodies(text[start.end():end - 1], name + ".")
        found += [(name, own), *inner]
        rest, at = rest + text[at:start.start()], end
    return found, rest + text[at:]


def read_schema(text):
    """{message: {number: Field}}; enums are numbers, a oneof is just its fields."""
    text = re.sub(r"//[^\n]*", "", text)
    enums = set(re.findall(r"\benum\s+(\w+)", text))
    bodies = dict(_bodies(text)[0])

    def kind_of(kind, message):
        return "uint32" if kind in enums else f"{message}.{kind}" if f"{message}.{kind}" in bodies else kind
    return {
        name: {int(number): Field(field, kind_of(kind, name), bool(repeated))
               for repeated, kind, field, number in re.findall(r"(repeated\s+)?([\w.]+)\s+(\w+)\s*=\s*(\d+)\s*;", body)}
        for name, body in bodies.items()}


SCHEMA = {name: fields for file in ("control.proto", "transfer.proto")
          for name, fields in read_schema((SOURCE / "transport" / "wire" / file).read_text()).items()}


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(message, value):
    """The bytes of a message of this type."""
    numbers = {field.name: (number, field) for number, field in SCHEMA[message].items()}
    out = bytearray()
    for name, content in value.items():
        number, field = numbers[name]
        for item in content if field.repeated else [content]:
            if field.kind in ("uint32", "uint64", "bool"):
                out += varint(number << 3) + varint(int(item))
            elif field.kind == "sint64":
                out += varint(number << 3) + varint((item << 1 ^ item >> 63) & 2**64 - 1)
            elif field.kind == "fixed64":
                out += varint(number << 3 | 1) + struct.pack("<Q", item)
            else:
                if field.kind == "string":
                    item = item.encode() if isinstance(item, str) else item
                elif field.kind != "bytes":
                    item = encode(field.kind, item)
                out += varint(number << 3 | 2) + varint(len(item)) + item
    return bytes(out)


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def decode(message, data):
    """The set fields of a message; unknown ones are skipped, absent ones are absent."""
    result, at = {}, 0
    while at < len(data):
        key, at = read_varint(data, at)
        if key & 7 == 0:
            raw, at = read_varint(data, at)
        elif key & 7 == 1:
            raw, at = struct.unpack_from("<Q", data, at)[0], at + 8
        elif key & 7 == 5:
            raw, at = struct.unpack_from("<I", data, at)[0], at + 4
        else:
            size, at = read_varint(data, at)
            raw, at = data[at:at + size], at + size
        field = SCHEMA[message].get(key >> 3)
        if field is None:
            continue
        if field.kind == "string":
            raw = raw.decode()
        elif field.kind == "bool":
            raw = bool(raw)
        elif field.kind == "sint64":
            raw = raw >> 1 ^ -(raw & 1)
        elif field.kind in SCHEMA:
            raw = decode(field.kind, raw)
        if field.repeated:
            result.setdefault(field.name, []).append(raw)
        else:
            result[field.name] = raw
    return result
