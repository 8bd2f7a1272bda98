#!/usr/bin/env bash
# Builds hobnob on a fresh Debian 12 (as root or with sudo: installs what is missing).
set -euo pipefail
cd "$(dirname "$0")/.."

.ci/install_packages.sh
echo "== building relay_main and peer_main" >&2
cmake --preset release >/dev/null
cmake --build --preset release --target relay_main peer_main
