#!/usr/bin/env python3
"""Does the swarm find bugs? Plants each of tests/sim/planted/*.patch in a copy of the tree, builds what
it changes against an existing build, and runs sim_soak until a seed fails.

usage: planted_bugs.py [--build build/relwithdebinfo] [--seeds 2000] [NAME...]

Needs a build with sim_soak. Prints one line per bug: the number of seeds until it was found, and by
which violation. Exit status 1 if one was not found.
"""

import argparse
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


def build_commands(build):
    """The last command of ninja's list links sim_soak; the others compile."""
    listed = subprocess.run(["ninja", "-C", build, "-t", "commands", "tests/sim/sim_soak"],
                            check=True, capture_output=True, text=True).stdout.splitlines()
    link = listed[-1]
    compiles = {}
    for line in listed:
        source = re.search(r" -c (\S+)", line)
        if source:
            compiles[source.group(1)] = line
    return compiles, link


def plant(patch, copy, build):
    """Builds sim_soak with the bug in it. Objects given before the libraries win over those inside."""
    for folder in SOURCES:
        shutil.copytree(ROOT / folder, copy / folder)
    with patch.open() as text:
        subprocess.run(["patch", "-p1", "--quiet"], stdin=text, cwd=copy, check=True)
    compiles, link = build_commands(build)
    objects = []
    for changed in re.findall(r"^\+\+\+ b/(\S+\.cpp)", patch.read_text(), re.MULTILINE):
        target = copy / (changed.replace("/", "_") + ".o")
        words = shlex.split(compiles[str(ROOT / changed)])
        for flag in ("-MF", "-MT", "-o"):
            words[words.index(flag) + 1] = str(target) + (".d" if flag == "-MF" else "")
        words[words.index("-c") + 1] = str(copy / changed)
        words = [f"-I{copy}" if word == f"-I{ROOT}" else word for word in words]
        subprocess.run(words, cwd=build, check=True)
        objects.append(str(target))
    program = copy / "sim_soak"
    words = shlex.split(link.replace(": && ", "").replace(" && :", ""))
    words[words.index("-o") + 1] = str(program)
    first_library = next(i for i, word in enumerate(words) if word.endswith(".a"))
    words[first_library:first_library] = objects
    subprocess.run(words, cwd=build, check=True)
    return program


def hunt(program, seeds, at_a_time=20):
    """(seeds needed, first violation), or None."""
    for first in range(1, seeds + 1, at_a_time):
        command = [program, "--first-seed", str(first), "--seeds", str(at_a_time), "--seconds", "600",
                   "--jobs", "1", "--as-drawn"]
        run = subprocess.run(command, capture_output=True, text=True)
        found = re.search(r"^== seed (\d+)(.*)$", run.stdout, re.MULTILINE)
        if found:
            violated = re.search(r"^violated: (.*)$", run.stdout, re.MULTILINE)
            return int(found.group(1)), violated.group(1) if violated else found.group(2).strip()
    return None


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--build", default=ROOT / "build/relwithdebinfo", type=pathlib.Path)
    options.add_argument("--seeds", default=2000, type=int)
    options.add_argument("names", nargs="*")
    given = options.parse_args()
    missed = 0
    for patch in sorted(PATCHES.glob("*.patch")):
        if given.names and not any(name in patch.stem for name in given.names):
            continue
        with tempfile.TemporaryDirectory(prefix="planted-") as copy:
            found = hunt(plant(patch, pathlib.Path(copy), given.build.resolve()), given.seeds)
        missed += found is None
        seeds, violation = found or (None, "")
        print(f"{patch.stem}: " + (f"seed {seeds}: {violation}" if found else "NOT FOUND"), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
