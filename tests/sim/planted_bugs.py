#!/usr/bin/env python3
"""Does the swarm find bugs? Plants each of tests/sim/planted/*.patch in a copy of the tree, builds what
it changes against an existing build, and runs sim_soak until a seed fails.

usage: planted_bugs.py [--build build/relwithdebinfo] [--seeds N] [--write] [NAME...]

Brings sim_soak of that build up to date first: an object of newer sources would not go with older ones.
The head of each patch says which seed found it last, a digest of the swarm and invariants that did (a
warning tells of older ones), and within how many seeds it has to be found. Prints one line per bug: the
seed that found it, and by which violation. Exit status 1 if one was not found within its limit, or does
not apply or build.
"""

import argparse
import hashlib
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATCHES = pathlib.Path(__file__).resolve().parent / "planted"
SOURCES = ("actors", "transport")

# What draws the schedules and what judges them: another seed may find a bug when these change.
SWARM_SOURCES = ("actors/testing/swarm*", "actors/testing/*invariant*", "actors/testing/causes.*",
                 "transport/sim/random_faults.*")


def digest_of_swarm():
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SWARM_SOURCES for path in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


class Patch:
    """Its head: `found by seed N: VIOLATION`, `swarm: DIGEST`, `limit: N seeds`, and why so many if more than 200."""

    def __init__(self, path):
        self.path = path
        self.head, mark, change = path.read_text().partition("--- a/")
        self.change = mark + change

    def number(self, pattern):
        found = re.search(pattern, self.head)
        return int(found.group(1)) if found else None

    @property
    def seed(self):
        return self.number(r"(?m)^found by seed (\d+): ")

    @property
    def limit(self):
        return self.number(r"(?m)^limit: (\d+) seeds$")

    @property
    def is_stale(self):
        """Whether it was found by another swarm than there is now."""
        return f"swarm: {digest_of_swarm()}" not in self.head.splitlines()

    @property
    def reason(self):
        """Why it takes more seeds than others."""
        return re.sub(r"(?m)^(found by seed|swarm:|limit:) .*$", "", self.head).strip()

    @property
    def files(self):
        return re.findall(r"^\+\+\+ b/(\S+)", self.change, re.MULTILINE)

    def apply(self, tree, *options):
        """Without guesses about where it belongs, or CalledProcessError."""
        return subprocess.run(["patch", "-p1", "--quiet", "--fuzz=0", *options], input=self.change, cwd=tree,
                              check=True, capture_output=True, text=True)

    def write(self, seed, violation):
        kept = [line for line in self.head.splitlines() if not line.startswith(("found by seed ", "swarm: "))]
        found = [f"found by seed {seed}: {violation}", f"swarm: {digest_of_swarm()}"]
        self.path.write_text("\n".join([*found, *kept, self.change]))


def build_commands(build):
    """({source: (file that is compiled, command)}, command that links sim_soak)."""
    listed = subprocess.run(["ninja", "-C", build, "-t", "commands", "tests/sim/sim_soak"],
                            check=True, capture_output=True, text=True).stdout.splitlines()
    compiles = {}
    for line in listed:
        found = re.search(r" -c (\S+)", line)
        if not found:
            continue
        compiled = found.group(1)
        sources = [compiled]
        if "/Unity/" in compiled:
            sources = re.findall(r'^#include "([^"]+)"', pathlib.Path(compiled).read_text(), re.MULTILINE)
        for source in sources:
            compiles[source] = compiled, line
    return compiles, listed[-1]


def compile_changed(changed, copy, build, compiles):
    """The object of a changed file; of several files, where they are compiled as one."""
    compiled, command = compiles[str(ROOT / changed)]
    source = copy / changed
    if compiled != str(ROOT / changed):
        source = copy / (changed.replace("/", "_") + ".unity.cxx")
        text = pathlib.Path(compiled).read_text()
        for folder in SOURCES:
            text = text.replace(f'"{ROOT}/{folder}/', f'"{copy}/{folder}/')
        source.write_text(text)
    target = copy / (changed.replace("/", "_") + ".o")
    words = shlex.split(command)
    for flag in ("-MF", "-MT", "-o"):
        words[words.index(flag) + 1] = str(target) + (".d" if flag == "-MF" else "")
    words[words.index("-c") + 1] = str(source)
    words = [f"-I{copy}" if word == f"-I{ROOT}" else word for word in words]
    subprocess.run(words, cwd=build, check=True)
    return str(target)


def plant(patch, copy, build):
    """Builds sim_soak with the bug in it. Objects given before the libraries win over those inside."""
    for folder in SOURCES:
        shutil.copytree(ROOT / folder, copy / folder)
    patch.apply(copy)
    compiles, link = build_commands(build)
    objects = [compile_changed(changed, copy, build, compiles)
               for changed in patch.files if changed.endswith(".cpp")]
    program = copy / "sim_soak"
    words = shlex.split(link.replace(": && ", "").replace(" && :", ""))
    words[words.index("-o") + 1] = str(program)
    first_library = next(i for i, word in enumerate(words) if word.endswith(".a"))
    words[first_library:first_library] = objects
    subprocess.run(words, cwd=build, check=True)
    return program


def hunt(program, seeds, at_a_time=10):
    """(seed, first violation), or None."""
    for first in range(1, seeds + 1, at_a_time):
        command = [program, "--first-seed", str(first), "--seeds", str(min(at_a_time, seeds + 1 - first)),
                   "--seconds", "3600", "--jobs", "1", "--as-drawn"]
        run = subprocess.run(command, capture_output=True, text=True)
        found = re.search(r"^== seed (\d+)(.*)$", run.stdout, re.MULTILINE)
        if found:
            violated = re.search(r"^violated: (.*)$", run.stdout, re.MULTILINE)
            ended = found.group(2).strip(" :")
            return int(found.group(1)), violated.group(1) if violated and not ended else ended
    return None


def try_one(patch, build, seeds):
    """(what became of it, for people; whether it was found; what hunt() said)."""
    with tempfile.TemporaryDirectory(prefix="planted-") as copy:
        try:
            program = plant(patch, pathlib.Path(copy).resolve(), build)
        except subprocess.CalledProcessError as error:
            return f"CANNOT BE PLANTED: {error} {error.stdout or ''}", False, None
        found = hunt(program, seeds)
    if not found:
        return f"NOT FOUND in {seeds} seeds", False, None
    return f"seed {found[0]}: {found[1]}", True, found


def warn_of_stale(patches):
    stale = [patch.path.stem[:2] for patch in patches if patch.is_stale]
    if stale:
        print(f"found by an older swarm (--write renews it): {' '.join(stale)}", file=sys.stderr, flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--build", default=ROOT / "build/relwithdebinfo", type=pathlib.Path)
    options.add_argument("--seeds", type=int, help="instead of each patch's limit")
    options.add_argument("--write", action="store_true", help="write into the patches what was found")
    options.add_argument("names", nargs="*")
    given = options.parse_args()
    subprocess.run(["cmake", "--build", given.build, "--target", "sim_soak"], check=True, stdout=subprocess.DEVNULL)
    patches = [Patch(path) for path in sorted(PATCHES.glob("*.patch"))
               if not given.names or any(name in path.stem for name in given.names)]
    warn_of_stale(patches)
    missed = 0
    for patch in patches:
        told, well, found = try_one(patch, given.build.resolve(), given.seeds or patch.limit)
        missed += not well
        print(f"{patch.path.stem}: {told}", flush=True)
        if found and given.write:
            patch.write(*found)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
