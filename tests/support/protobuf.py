"""A small protobuf encoder and decoder that reads its schema from transport/wire/control.proto.

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


def read_schema(text):
    """{message: {number: Field}}; enums are numbers, a oneof is just its fields."""
    text = re.sub(r"//[^\n]*", "", text)
    enums = set(re.findall(r"\benum\s+(\w+)", text))
    schema = {}
    for name, start in ((m.group(1), m.end()) for m in re.finditer(r"\bmessage\s+(\w+)\s*\{", text)):
        depth, end = 1, start
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        schema[name] = {
            int(number): Field(field, "uint32" if kind in enums else kind, bool(repeated))
            for repeated, kind, field, number in re.findall(r"(repeated\s+)?([\w.]+)\s+(\w+)\s*=\s*(\d+)\s*;",
                                                            text[start:end - 1])}
    return schema


SCHEMA = read_schema((SOURCE / "transport" / "wire" / "control.proto").read_text())


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
        elif field.kind in SCHEMA:
            raw = decode(field.kind, raw)
        if field.repeated:
            result.setdefault(field.name, []).append(raw)
        else:
            result[field.name] = raw
    return result
