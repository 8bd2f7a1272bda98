#!/usr/bin/env bash
# Installs what is missing of Debian 12's packages, as root or with sudo. Says what it does; does
# nothing when everything is there.
#
# usage: .ci/install_packages.sh [--tests]
set -euo pipefail

packages=(
  cmake g++ ninja-build pkg-config protobuf-compiler
  libboost-program-options1.81-dev libboost1.81-dev libcaf-dev libedit-dev libprotobuf-dev
  libsodium-dev libspdlog-dev libsqlite3-dev libssl-dev libxxhash-dev
)
if [ "${1:-}" = --tests ]; then
  packages+=(ccache iproute2 libgtest-dev mold nftables openssl python3)
fi

installed() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

missing=()
for package in "${packages[@]}"; do
  installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "Please install as root: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq >/dev/null
# --no-remove: another Boost that is already there is never thrown out without being asked.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends --no-remove "${missing[@]}" >/dev/null
