"""An independent client of hobnob's protocol (docs/protocol.md) for tests of bad input.

It keeps to the protocol only as far as a test lets it.
"""

import os
import socket
import ssl
import struct
import time

from support.programs import DEADLINE
from support.protobuf import decode, encode

# Frame types.
CONTROL, PING, PONG = 0x01, 0x02, 0x03
ENVELOPE, ENVELOPE_FROM, ENVELOPE_REFUSED = 0x10, 0x11, 0x12
MESSAGE, RECEIPT = 0x20, 0x21
TRANSFER, BLOCKS = 0x30, 0x31

# Close reasons.
GOODBYE, HEARTBEAT, RESET, REPLACED, OVERFLOW, PROTOCOL, REFUSED = range(1, 8)

VERSION = 1


def header(kind, size, flags=0, reserved=0):
    return struct.pack(">IBBH", size, kind, flags, reserved)


def frame(kind, payload):
    return header(kind, len(payload)) + payload


def control(**kind):
    """A control frame: control(lookup={"query": 1})."""
    return frame(CONTROL, encode("Control", kind))


def message(content, sequence, *, kind=1, flags=1, channel=b"", epoch=1, floor=None, message_id=None, total=None,
            offset=0, reserved=0):
    """A message frame with (a part of) chat text or of an application message."""
    fields = struct.pack(">BBBBQQQ16sqII", kind, flags, len(channel), reserved, epoch, sequence,
                         sequence if floor is None else floor, message_id or os.urandom(16),
                         time.time_ns() // 1_000_000, len(content) if total is None else total, offset)
    return frame(MESSAGE, fields + channel + content)


def transfer(transfer_id, **kind):
    """A transfer frame: transfer(some_id, accepted={})."""
    return frame(TRANSFER, encode("Transfer", {"id": transfer_id, **kind}))


def piece(entry, offset, data, block_hash=None, *, size=None):
    """A piece of a block for `blocks`: the block ends with it if there is a hash."""
    ends = 1 << 31 if block_hash is not None else 0
    return struct.pack(">IIQ", entry, (len(data) if size is None else size) | ends, offset) + data + (block_hash or b"")


def blocks(transfer_id, *pieces):
    return frame(BLOCKS, transfer_id + b"".join(pieces))


def signed_record(identity, user, endpoints=(), serial=None, epoch=1, box_key=None, signer=None):
    """What a peer says of itself, signed by `signer` (by default its own key)."""
    record = encode("DirectoryRecord", {
        "user": user, "public_key": identity.public_key, "box_key": box_key or os.urandom(32),
        "endpoints": list(endpoints), "serial": serial or time.time_ns() // 1000, "epoch": epoch})
    return {"record": record, "signature": (signer or identity).sign(b"hobnob directory record 1\0" + record)}


class Closed(Exception):
    """The other side has closed (`data` is what an incomplete last frame had)."""


class Client:
    """One connection to a relay's or peer's port.

    identity None: no certificate. plain: no TLS at all. versions: (lowest, highest) TLS version.
    """

    def __init__(self, address, identity=None, *, plain=False, versions=None, application="hobnob/1", source=None,
                 timeout=DEADLINE):
        self.socket = socket.create_connection(address, timeout=timeout,
                                               source_address=(source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        if plain:
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        lowest, highest = versions or (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)
        context.minimum_version, context.maximum_version = lowest, highest
        if application is not None:
            context.set_alpn_protocols([application])
        if identity is not None:
            context.load_cert_chain(identity.certificate_file, identity.key_file)
        try:
            self.socket = context.wrap_socket(self.socket, suppress_ragged_eofs=False)
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def close(self):
        self.socket.close()

    def abort(self):
        """Ends the connection by a TCP reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    # --- frames ---

    def send(self, data):
        self.socket.sendall(data)

    def control(self, **kind):
        self.send(control(**kind))

    def _fill(self, size):
        while len(self._buffer) < size:
            try:
                more = self.socket.recv(65536)
            except (ConnectionError, ssl.SSLError) as problem:
                raise Closed(str(problem)) from problem
            if not more:
                raise Closed("end of stream")
            self._buffer += more

    def receive(self):
        """The next frame as (type, payload); Closed at the end of the stream."""
        self._fill(8)
        size, kind, _, _ = struct.unpack(">IBBH", self._buffer[:8])
        self._fill(8 + size)
        payload, self._buffer = self._buffer[8:8 + size], self._buffer[8 + size:]
        return kind, payload

    def receive_control(self, kind):
        """The next control message of this kind; other frames are passed over, pings answered."""
        while True:
            number, payload = self.receive()
            if number == PING:
                self.send(frame(PONG, payload))
            elif number == CONTROL:
                value = decode("Control", payload)
                if kind in value:
                    return value[kind]
                if "close" in value:
                    raise Closed(f"close instead of {kind}: {value['close']}")

    def receive_frame(self, kind):
        """The payload of the next frame of this type."""
        while True:
            number, payload = self.receive()
            if number == kind:
                return payload

    def wait_close(self):
        """Reads until the other side closes; its Close message, or {} if it only closed the stream."""
        try:
            while True:
                number, payload = self.receive()
                if number == CONTROL:
                    value = decode("Control", payload)
                    if "close" in value:
                        return value["close"]
        except Closed:
            return {}

    # --- the login of a peer ---

    def send_login(self, identity, user, **changes):
        login = {"versions": {"lowest": VERSION, "highest": VERSION}, "user": user,
                 "record": signed_record(identity, user), "subscription": 1, "software": "test"}
        login.update(changes)
        self.control(login={k: v for k, v in login.items() if v is not None})

    def login(self, identity, user, **changes):
        """A complete login; the LoginOk message."""
        self.send_login(identity, user, **changes)
        return self.receive_control("login_ok")
