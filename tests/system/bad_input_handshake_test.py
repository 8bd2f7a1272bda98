# ctest: serial timeout=300
"""What is no login at all: plaintext, old TLS, odd certificates, silence, and ten thousand idle connections."""

import contextlib
import resource
import socket
import ssl
import struct
import time
import unittest

from support.certificates import Identity
from support.programs import resident_kib, sanitized
from support.sockets import tcp_connections
from support.undisturbed import BadInputTest
from support.wire import CONTROL, Client, Closed, header


class BadHandshake(BadInputTest):
    def tearDown(self):
        self.assert_undisturbed()

    def expect_refused(self, reason, identity=None, **options):
        """No login comes about: the handshake fails, or the first thing read is its alert. One line says why."""
        mark = self.server.mark()
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            client = self.client(identity=identity, **options)
            # A TLS 1.3 client is done before the server has judged its certificate.
            with self.assertRaises((Closed, ConnectionError, ssl.SSLError)):
                client.send_login(self.attacker, "mallory")
                client.receive()
        self.assert_one_line(self.server, mark, rf"refused a connection from 127\.0\.0\.1:\d+: {reason}$")

    def test_plaintext(self):
        for text, reason in ((b"hello?\r\n", "the other side speaks unknown bytes 0x68 0x65 0x6c 0x6c, not hobnob"),
                             (b"GET / HTTP/1.1\r\nHost: relay\r\n\r\n", "the other side speaks HTTP, not hobnob"),
                             (b"\x00" * 64, "the other side speaks unknown bytes 0x00 0x00 0x00 0x00, not hobnob"),
                             (b"SSH-2.0-OpenSSH_9\r\n", "the other side speaks SSH, not hobnob"),
                             (b"\x16garbage that only begins like TLS" * 4, "the other side speaks no TLS 1.3")):
            with self.subTest(text=text):
                mark = self.server.mark()
                client = self.client(plain=True)
                client.send(text)
                with contextlib.suppress(ConnectionError):
                    while client.socket.recv(4096):
                        pass
                self.assert_one_line(self.server, mark, rf"refused a connection from 127\.0\.0\.1:\d+: {reason}$")

    def test_tls_1_2(self):
        self.expect_refused("the other side speaks no TLS 1.3", self.attacker,
                            versions=(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2))

    def test_another_application_over_tls(self):
        for application in (None, "h2", "hobnob/2"):
            with self.subTest(application=application):
                self.expect_refused("the other side speaks TLS, but not hobnob", self.attacker,
                                    application=application)

    def test_no_certificate(self):
        self.expect_refused("the other side showed no certificate")

    def test_an_rsa_certificate(self):
        self.expect_refused("the other side's certificate is RSA, not Ed25519",
                            Identity(self.folder, algorithm="rsa"))

    def test_an_expired_certificate(self):
        self.expect_refused("the other side's certificate has expired", Identity(self.folder, days=-1))

    def test_a_connection_that_closes_without_a_word(self):
        for _ in range(100):
            Client(self.address, plain=True).close()
            Client(self.address, plain=True).abort()


class Patience(BadInputTest):
    """Strangers have 8 s until their login is done; nobody waits longer for them."""

    def tearDown(self):
        self.assert_undisturbed()

    def test_one_byte_a_second_ends_at_the_deadline(self):
        mark = self.server.mark()
        slow_login, slow_tls, idle = self.client(), self.client(plain=True), self.client(plain=True)
        waiting = {"login": slow_login, "tls": slow_tls, "idle": idle}
        ports = {name: client.socket.getsockname()[1] for name, client in waiting.items()}
        # A frame header that promises a login, and the start of a ClientHello, in pieces.
        pieces = {"login": header(CONTROL, 100) + bytes(100), "tls": b"\x16\x03\x01\x02\x00\x01" + bytes(512), "idle": b""}
        started = time.monotonic()
        position = 0
        while waiting:
            self.assertLess(time.monotonic() - started, 90, f"still open: {list(waiting)}")
            for name, client in list(waiting.items()):
                client.socket.settimeout(1 / len(waiting))  # The attack's own pace, not a wait for anything.
                try:
                    client.send(pieces[name][position:position + 1])
                    if not client.socket.recv(4096):
                        raise ConnectionError
                except TimeoutError:
                    pass
                except OSError:
                    print(f"{name}: closed after {time.monotonic() - started:.1f} s", flush=True)
                    del waiting[name]
            position += 1
        for port in ports.values():
            self.assert_lines_about(1, rf":{port}\b", mark=mark)


class TenThousand(BadInputTest):
    def tearDown(self):
        self.assert_undisturbed()

    def test_ten_thousand_idle_strangers_keep_nobody_out(self):
        count = 2000 if sanitized() else 10000
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limit)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
        before = resident_kib(self.server.pid)
        with contextlib.ExitStack() as strangers:
            for number in range(count):
                stranger = strangers.enter_context(socket.socket())
                stranger.bind((f"127.{1 + number // 60000}.{number // 250 % 250 + 1}.{number % 250 + 1}", 0))
                stranger.setblocking(False)
                # Ends by a reset: 10,000 ports in TIME_WAIT would be missed by whoever tests next.
                stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                with contextlib.suppress(BlockingIOError):
                    stranger.connect(self.address)
                if number % 1000 == 999:
                    self.new_user_logs_in_and_talks(number)
            self.new_user_logs_in_and_talks(count)
            held = len(tcp_connections(self.server.pid))
            grown = resident_kib(self.server.pid) - before
            print(f"{count} strangers: {held} connections held, {grown} KiB more", flush=True)
            self.assertLess(grown, 64 * 1024 * (10 if sanitized() else 1))

    def new_user_logs_in_and_talks(self, number):
        mallory = Identity(self.folder)
        with Client(self.address, mallory) as client:
            client.login(mallory, f"user{number}")
        self.honest["ann"].tell("bob", f"after {number}")
        self.honest["bob"].wait_text("ann", f"after {number}")


if __name__ == "__main__":
    unittest.main()
