"""Small networks out of network namespaces: hosts on one switch, each with its own addresses and firewall."""

import os
import shutil
import subprocess
import uuid

from support.programs import ProgramTest

FIREWALL = """
add table inet firewall
add chain inet firewall input { type filter hook input priority 0; policy drop; }
add rule inet firewall input ct state established,related accept
add rule inet firewall input iif lo accept
add rule inet firewall input icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
"""


def why_unavailable():
    """Why this machine cannot make network namespaces; None where it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for tool in ("ip", "nft", "ss"):
        if shutil.which(tool) is None:
            return f"the program {tool} is missing (packages iproute2 and nftables)"
    return None


def skip_where_unavailable(test):
    """Ends a test (from its setUp) that needs namespaces where there are none; ctest shows its script as skipped."""
    reason = why_unavailable()
    if reason:
        print(f"SKIPPED: {reason}", flush=True)
        test.skipTest(reason)


def run(*command, data=None):
    done = subprocess.run(command, input=data, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


class Network:
    """A switch in a namespace of its own, and hosts plugged into it. Nothing of it touches the machine's own network."""

    def __init__(self):
        self._tag = uuid.uuid4().hex[:8]
        self._namespaces = []
        self._switch = self._namespace("switch")
        run("ip", "-n", self._switch, "link", "add", "switch", "type", "bridge")
        run("ip", "-n", self._switch, "link", "set", "switch", "up")

    def _namespace(self, name):
        full = f"hobnob-{self._tag}-{name}"
        run("ip", "netns", "add", full)
        self._namespaces.append(full)
        run("ip", "-n", full, "link", "set", "lo", "up")
        return full

    def host(self, name, *addresses, firewall=False):
        """A new host with these addresses ("10.9.0.1/24", "fd09::1/64"); returns its namespace."""
        namespace = self._namespace(name)
        port = f"port-{len(self._namespaces)}"
        run("ip", "-n", namespace, "link", "add", "eth0", "type", "veth",
            "peer", "name", port, "netns", self._switch)
        run("ip", "-n", self._switch, "link", "set", port, "master", "switch", "up")
        run("ip", "-n", namespace, "link", "set", "eth0", "up")
        self._add_addresses(namespace, "eth0", addresses)
        if firewall:
            self.firewall(namespace)
        return namespace

    @staticmethod
    def _add_addresses(namespace, device, addresses):
        for address in addresses:
            nodad = ["nodad"] if ":" in address else []
            run("ip", "-n", namespace, "address", "add", address, "dev", device, *nodad)

    def host_behind(self, name, outer, inner, address, rules):
        """A new host with one address on a LAN of its own, behind a router plugged into the switch with these rules.

        The router has `outer` on the switch (its eth0) and `inner` on the LAN. Each may be one address of either
        family ("10.9.0.1/24 fd09::1/64"). Returns the host's namespace.
        """
        router = self.host(f"{name}-router", *outer.split())
        host = self._namespace(name)
        run("ip", "-n", router, "link", "add", "lan", "type", "veth", "peer", "name", "eth0", "netns", host)
        for namespace, device, own in ((router, "lan", inner), (host, "eth0", address)):
            run("ip", "-n", namespace, "link", "set", device, "up")
            self._add_addresses(namespace, device, own.split())
        for gateway in inner.split():
            self.route(host, "default", gateway.split("/")[0])
        run("ip", "netns", "exec", router, "nft", "-f", "-", data=rules)
        for setting in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
            self.set(router, setting, 1)
        return host

    @staticmethod
    def set(namespace, setting, value):
        """A setting of the host's kernel: "ipv4/ip_forward"."""
        run("ip", "netns", "exec", namespace, "sh", "-c", f"echo {value} > /proc/sys/net/{setting}")

    @staticmethod
    def router_of(host):
        """The namespace of the router of a host that `host_behind` made."""
        return f"{host}-router"

    @staticmethod
    def route(namespace, to, gateway):
        family = "-6" if ":" in gateway else "-4"
        run("ip", "-n", namespace, family, "route", "add", to, "via", gateway)

    def firewall(self, namespace):
        """From now on this host takes no connection from outside (it may open some itself)."""
        run("ip", "netns", "exec", namespace, "nft", "-f", "-", data=FIREWALL)

    def separate(self, namespace, *addresses):
        """From now on no packet passes between this host and these addresses, in either direction."""
        self._filter(namespace, addresses, "drop", "drop")

    def refuse(self, namespace, *addresses):
        """From now on this host answers connections from these addresses with a reset, and opens none to them."""
        opening = "tcp flags & (syn | ack) == syn"
        self._filter(namespace, addresses, f"{opening} reject with tcp reset", f"{opening} drop")

    def _filter(self, namespace, addresses, incoming, outgoing):
        rules = ["add table inet barrier",
                 "add chain inet barrier input { type filter hook input priority -10; }",
                 "add chain inet barrier output { type filter hook output priority -10; }"]
        for address in addresses:
            family = "ip6" if ":" in address else "ip"
            rules += [f"add rule inet barrier input {family} saddr {address} {incoming}",
                      f"add rule inet barrier output {family} daddr {address} {outgoing}"]
        run("ip", "netns", "exec", namespace, "nft", "-f", "-", data="\n".join(rules) + "\n")

    def open_firewall(self, namespace):
        run("ip", "netns", "exec", namespace, "nft", "flush", "ruleset")

    def sockets(self, namespace):
        """Established TCP connections of a host as (local, remote) texts."""
        rows = run("ip", "netns", "exec", namespace, "ss", "-Htn", "state", "established").splitlines()
        return [tuple(row.split()[-2:]) for row in rows]

    def close(self):
        for namespace in reversed(self._namespaces):
            subprocess.run(["ip", "netns", "delete", namespace], check=False, capture_output=True)
        self._namespaces = []


class NetworkTest(ProgramTest):
    """A test with a network of its own: a relay's host, and hosts for peers.

    Every host has an IPv4 and an IPv6 address: 10.9.0.N and fd09::N.
    """

    def setUp(self):
        skip_where_unavailable(self)
        super().setUp()
        self.network = Network()
        self.addCleanup(self.network.close)
        # Programs are stopped before their hosts go: clean-ups run in reverse order.
        self.addCleanup(self._stop_all)
        self.hosts = {}

    def host(self, name, firewall=False, v4=True, v6=True):
        number = len(self.hosts) + 1
        addresses = [f"10.9.0.{number}/24"] * v4 + [f"fd09::{number}/64"] * v6
        self.hosts[name] = self.network.host(name, *addresses, firewall=firewall)
        return self.hosts[name]

    def address(self, name, v6=False):
        number = list(self.hosts).index(name) + 1
        return f"fd09::{number}" if v6 else f"10.9.0.{number}"

    def separate(self, one, other):
        """No packet passes between these two hosts; each reaches all others."""
        self.network.separate(self.hosts[one], self.address(other), self.address(other, v6=True))

    def relay_on(self, name, *arguments, v6=False, **options):
        advertise = self.address(name, v6)
        return self.relay("--advertise", advertise, *arguments, listen="[::]:0" if v6 else "0.0.0.0:0",
                          namespace=self.hosts[name], **options)

    def peer_on(self, user, relay, *arguments, **options):
        """A peer on the host of its own name, with default listening."""
        return self.peer(user, relay, *arguments, listen=None, namespace=self.hosts[user], **options)

    def run_peer_on(self, user, relay, *command, **options):
        return self.run_program("peer_main", *self.peer_options(user, relay.uri, listen=None), "--json", *command,
                                namespace=self.hosts[user], **options)
