"""Small networks out of network namespaces: hosts on one switch, each with its own addresses and firewall."""

import os
import shutil
import subprocess
import uuid

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
        for address in addresses:
            nodad = ["nodad"] if ":" in address else []
            run("ip", "-n", namespace, "address", "add", address, "dev", "eth0", *nodad)
        if firewall:
            self.firewall(namespace)
        return namespace

    def firewall(self, namespace):
        """From now on this host takes no connection from outside (it may open some itself)."""
        run("ip", "netns", "exec", namespace, "nft", "-f", "-", data=FIREWALL)

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
