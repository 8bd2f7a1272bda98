"""The two sides of a transfer as docs/protocol.md has them, for tests that then keep to it less and less."""

import ctypes
import os
import struct

from support.protobuf import decode
from support.sockets import LISTEN, tcp_connections
from support.wire import (CONTROL, PING, PONG, TRANSFER, VERSION, Client, Closed, blocks, frame, piece, signed_record,
                          transfer)

BLOCK = 128 * 1024  # Of every file below 256 MiB.


class _Hash128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


_xxh128 = ctypes.CDLL("libxxhash.so.0").XXH128
_xxh128.argtypes, _xxh128.restype = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64], _Hash128


def content_hash(data):
    found = _xxh128(data, len(data), 0)
    return struct.pack(">QQ", found.high, found.low)


def file_entry(path, size=0, modified_ns=1_600_000_000_000_000_000):
    return {"path": path, "folder": False, "size": size, "modified_ns": modified_ns}


def folder_entry(path):
    return {"path": path, "folder": True, "size": 0, "modified_ns": 1_600_000_000_000_000_000}


def manifest_hash(entries):
    text = b""
    for entry in entries:
        path = entry["path"] if isinstance(entry["path"], bytes) else entry["path"].encode("utf-8", "surrogatepass")
        text += struct.pack(">QBQq", len(path), 2 if entry["folder"] else 1, entry["size"], entry["modified_ns"]) + path
    return content_hash(text)


class TransferLink:
    """A link of `user` to a running peer, on which only words about transfers are looked at.

    `session` is that of the user at the relay (0: none).
    """

    def __init__(self, pid, identity, user, session):
        port = tcp_connections(pid, LISTEN)[0].local[1]
        self.client = Client(("127.0.0.1", port), identity)
        self.client.control(setup_p2p={
            "versions": {"lowest": VERSION, "highest": VERSION}, "session": session,
            "record": signed_record(identity, user), "software": "test", "transfers": True})
        self.client.receive_control("setup_p2p")

    def close(self):
        self.client.close()

    def send(self, data):
        self.client.send(data)

    def next_frame(self):
        """The next frame as (type, payload); pings are answered, Closed is raised at the end."""
        while True:
            kind, payload = self.client.receive()
            if kind == PING:
                self.send(frame(PONG, payload))
            elif kind == CONTROL and "close" in decode("Control", payload):
                raise Closed(str(decode("Control", payload)["close"]))
            else:
                return kind, payload

    def next_word(self, transfer_id):
        """The next word on this transfer, as (kind, fields); content and other transfers are passed over."""
        while True:
            kind, payload = self.next_frame()
            word = decode("Transfer", payload) if kind == TRANSFER else {}
            if word.pop("id", None) == transfer_id and word:
                return next(iter(word.items()))

    def wait_word(self, name, transfer_id):
        while True:
            kind, fields = self.next_word(transfer_id)
            if kind == name:
                return fields

    def wait_offer(self):
        """The id of the next transfer that is offered."""
        while True:
            kind, payload = self.next_frame()
            word = decode("Transfer", payload) if kind == TRANSFER else {}
            if "offer" in word:
                return word["id"]

    def words_so_far(self):
        """All words that come before the answer to a ping: what has been sent by then is read and answered."""
        number = os.urandom(8)
        self.send(frame(PING, number))
        words = []
        while True:
            kind, payload = self.next_frame()
            if kind == PONG and payload == number:
                return words
            if kind == TRANSFER:
                words.append(decode("Transfer", payload))


class Offered:
    """What a sender offers: a manifest and the content of its files.

    What the offer says can be something else than the truth: `told`.
    """

    def __init__(self, entries, told=None):
        self.id = os.urandom(16)
        self.entries = entries
        self.summary = {
            "name": "offered", "entries": len(entries), "files": sum(not entry["folder"] for entry in entries),
            "bytes": sum(entry["size"] for entry in entries), "manifest_hash": manifest_hash(entries),
            **(told or {})}

    def offer(self):
        return transfer(self.id, offer=self.summary)

    def content(self, entry):
        return b"x" * self.entries[entry]["size"]

    def manifest(self, first, count):
        end, at = min(first + count, len(self.entries)), first
        while at < end:
            yield transfer(self.id, manifest={"first": at, "entries": self.entries[at:min(at + 100, end)]})
            at += 100

    def hashes(self, entry, first, count):
        content = self.content(entry)
        found = b"".join(content_hash(content[i * BLOCK:(i + 1) * BLOCK]) for i in range(first, first + count))
        return transfer(self.id, block_hashes={"entry": entry, "first": first, "hashes": found})

    def blocks(self, entry, first, count):
        content = self.content(entry)
        for offset in range(first * BLOCK, min(len(content), (first + count) * BLOCK), BLOCK):
            data = content[offset:offset + BLOCK]
            yield blocks(self.id, piece(entry, offset, data, self.hash_of(data)))

    def hash_of(self, data):
        return content_hash(data)

    def answers(self, kind, fields):
        """What an honest sender answers to a receiver's word."""
        if kind == "manifest_request":
            yield from self.manifest(fields.get("first", 0), fields["count"])
        elif kind == "hash_request":
            yield self.hashes(fields.get("entry", 0), fields.get("first", 0), fields["count"])
        elif kind == "block_request":
            for wanted in fields["ranges"]:
                if wanted.get("count"):
                    yield from self.blocks(wanted.get("entry", 0), wanted.get("first", 0), wanted["count"])
                else:
                    for entry in range(wanted.get("entry", 0), wanted.get("entry", 0) + wanted["entries"]):
                        yield from self.blocks(entry, 0, 1 << 32)
        elif kind == "complete":
            yield transfer(self.id, verified={})

    def conduct(self, link):
        """Offers it and answers every question until the end: "complete", or the code that the receiver gives."""
        link.send(self.offer())
        while True:
            kind, fields = link.next_word(self.id)
            if kind == "end":
                return fields["code"]
            for answer in self.answers(kind, fields):
                link.send(answer)
            if kind == "complete":
                return kind
