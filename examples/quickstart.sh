#!/usr/bin/env bash
# Builds hobnob on a fresh Debian 12 (as root or with sudo: it installs what is missing), then shows
# what it does: a relay and four users on this machine, whose events are printed as they come.
# With HOBNOB_BIN_DIR set it shows the programs found there, and builds nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${HOBNOB_BIN_DIR:-}
if [ -z "$bin" ]; then
  .ci/install_packages.sh
  echo "== building relay_main and peer_main" >&2
  cmake --preset release >/dev/null
  cmake --build --preset release --target relay_main peer_main >&2
  bin=$PWD/build/release/bin
fi
unset "${!HOBNOB_@}"  # The programs take settings from the environment; here there are none.

work=$(mktemp -d)
declare -A process input
clean_up() {
  for name in "${!process[@]}"; do
    kill "${process[$name]}" 2>/dev/null || true
    wait "${process[$name]}" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap clean_up EXIT

# wait_for WHAT FILE PATTERN...: prints the first line of FILE that has all patterns.
wait_for() {
  local what=$1 file=$2 line
  shift 2
  for _ in $(seq 200); do
    line=$(cat "$file" 2>/dev/null || true)
    for pattern in "$@"; do
      line=$(grep -F -e "$pattern" <<<"$line" || true)
    done
    if [ -n "$line" ]; then
      head -n 1 <<<"$line"
      return
    fi
    sleep 0.1
  done
  echo "waited in vain for $what; what there is:" >&2
  cat "$file" "$work"/*.log >&2
  return 1
}

# event NAME PATTERN...: waits for an event of one user and shows it, without the longest fields.
event() {
  local name=$1 line
  shift
  line=$(wait_for "an event of $name" "$work/$name.events" "$@")
  printf '%5s sees  %s\n' "$name" "$(sed -E \
    's/"(fingerprint|id)":"[^"]*",//g; s/,"(sent_at_ms|after_gap|dialled|attempts)":[^,}]*//g' \
    <<<"$line")"
}

# start_user NAME [OPTION...]: `run` prints events and takes commands on standard input.
start_user() {
  local name=$1
  shift
  mkfifo "$work/$name.in"
  "$bin/peer_main" --relay "$uri" --user "$name" --data-dir "$work/$name" --listen 127.0.0.1:0 \
    --download-dir "$work/$name/files" --json "$@" run <"$work/$name.in" >"$work/$name.events" 2>"$work/$name.log" &
  process[$name]=$!
  local descriptor
  exec {descriptor}>"$work/$name.in"
  input[$name]=$descriptor
  event "$name" '"event":"session"' '"state":"online"'
}

# says NAME LINE: as if typed in NAME's console.
says() { printf '%5s types %s\n' "$1" "$2"; echo "$2" >&"${input[$1]}"; }

echo "== a relay"
"$bin/relay_main" --listen 127.0.0.1:0 --data-dir "$work/relay" >"$work/relay.out" \
  2>"$work/relay.log" &
process[relay]=$!
wait_for "the relay" "$work/relay.out" "relay ready"
uri=$(sed -n 's/^relay ready //p' "$work/relay.out")

echo "== ann, bob and cara log in, and link directly"
for name in ann bob cara; do start_user "$name"; done
event ann '"event":"link"' '"user":"bob"' '"state":"up"'
event ann '"event":"link"' '"user":"cara"' '"state":"up"'
event bob '"event":"link"' '"user":"cara"' '"state":"up"'

echo "== they talk over their links"
says ann "/msg bob hello bob"
event bob '"event":"message"' '"from":"ann"'
event ann '"event":"progress"' '"state":"delivered"'
says bob "/msg cara shall we?"
event cara '"event":"message"' '"from":"bob"'

echo "== dan can have no links, as behind a strict firewall: the relay carries what he says, sealed"
start_user dan --direct off
event ann '"event":"presence"' '"user":"dan"' '"state":"online"'
says dan "/msg ann can you hear me?"
event ann '"event":"message"' '"from":"dan"'
says ann "/msg dan through the relay"
event dan '"event":"message"' '"from":"ann"'
says ann "/who"
event ann '"event":"user"' '"user":"dan"'

echo "== ann sends bob a folder; dan gets it through the relay, which cannot read it"
mkdir "$work/photos"
for photo in sea hills; do head -c 150000 /dev/urandom >"$work/photos/$photo.jpg"; done
for name in bob dan; do
  says ann "/send $name $work/photos"
  event "$name" '"event":"transfer-offer"'
  says "$name" "/accept"
  event ann '"event":"transfer-done"' "\"user\":\"$name\""
  diff -r "$work/photos" "$work/$name/files/photos"
done
echo "      the folders are equal"

echo "== cara's machine dies, and everyone knows at once"
kill -9 "${process[cara]}"
wait "${process[cara]}" 2>/dev/null || true
unset "process[cara]"
for name in ann bob dan; do
  event "$name" '"event":"presence"' '"user":"cara"' '"state":"offline"'
done

cat <<END
== that was it. To go on:
  $bin/relay_main                                    prints the URI that your team needs
  $bin/peer_main --relay URI --user NAME             opens a console; /help explains
END
