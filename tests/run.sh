#!/usr/bin/env bash
# Builds and tests everything: with sanitizers (asan), the actors on CAF's own threads (caf), and all
# as released (relwithdebinfo). Works on a fresh Debian 12, as root or with sudo: it installs what is
# missing.
#
# usage: tests/run.sh [--only relwithdebinfo|caf|asan] [-R REGEX]
#   --only RUN   this run alone
#   -R REGEX     only the suites and scripts whose names match, as in ctest
set -euo pipefail
cd "$(dirname "$0")/.."

runs=(asan caf relwithdebinfo)
filter=()
while [ $# -gt 0 ]; do
  case "$1" in
    --only) runs=("${2:?--only needs a name}"); shift 2 ;;
    -R) filter=(-R "${2:?-R needs a pattern}"); shift 2 ;;
    *) sed -n '2,8s/^# \?//p' "$0" >&2; exit 1 ;;
  esac
done

.ci/install_packages.sh --tests
ulimit -n "$(ulimit -Hn)"  # Hundreds of peers in one process need more than 1,024 descriptors.
jobs=$(nproc)
export UBSAN_OPTIONS=print_stacktrace=1

build() {  # build PRESET
  echo "== building $1"
  local started=$SECONDS
  cmake --preset "$1" >"build/$1.log" 2>&1 || { cat "build/$1.log"; return 1; }
  cmake --build --preset "$1" -j $((jobs + 1)) >"build/$1.log" 2>&1 ||
    { grep -E -A8 'error|FAILED' "build/$1.log" | head -100; return 1; }
  echo "== built in $((SECONDS - started)) s"
}

check() {  # check PRESET [ctest argument...]
  local preset=$1
  shift
  # Two more than cores: scripts that drive the programs mostly wait.
  local call=(ctest --test-dir "build/$preset" -j $((jobs + 2)) --output-on-failure
    --no-label-summary --no-tests=ignore "${filter[@]}")
  if [ $# -gt 0 ] || [ "$(id -u)" -eq 0 ]; then
    "${call[@]}" "$@"
  elif sudo -n true 2>/dev/null; then
    local failed=0
    "${call[@]}" -LE '^netns$' || failed=1
    echo "== network namespaces need root: with sudo"
    sudo -E "${call[@]}" -L '^netns$' || failed=1
    sudo chown -R "$(id -u):$(id -g)" "build/$preset/Testing"
    return $failed
  else
    echo "== network namespaces need root, and sudo asks for a password: tests/netns is skipped"
    "${call[@]}"
  fi
}

run() {
  case "$1" in
    asan) build ci_asan && check ci_asan ;;
    caf) build ci_relwithdebinfo &&
      HOBNOB_TEST_SCHEDULER=caf check ci_relwithdebinfo -L 'actors|threads' ;;
    relwithdebinfo) build ci_relwithdebinfo && check ci_relwithdebinfo ;;
    *) echo "no such run: $1" >&2; return 1 ;;
  esac
}

mkdir -p build
earlier=()
failed=0
for name in "${runs[@]}"; do
  [ ${#earlier[@]} -eq 0 ] || printf '== %s\n' "${earlier[@]}"
  started=$SECONDS
  echo "== run $name"
  outcome=passed
  run "$name" || { outcome=FAILED; failed=1; }
  earlier+=("run $name: $outcome in $((SECONDS - started)) s")
done

if [ $failed -ne 0 ]; then
  printf '%s\n' "${earlier[@]}" >&2
fi
exit $failed
