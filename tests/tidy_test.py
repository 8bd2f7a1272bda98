# ctest: timeout=900 labels=tidy unsanitized
"""The architecture as a test: what may include what, what may be called where, how long things get.

Each rule says in its failure message which file breaks it and why the rule stands. The directions
themselves are drawn in ARCHITECTURE.md.
"""

import collections
import concurrent.futures
import functools
import hashlib
import itertools
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("HOBNOB_SOURCE_DIR", pathlib.Path(__file__).parents[1]))
BUILD = pathlib.Path(os.environ.get("HOBNOB_BUILD_DIR", ROOT / "build/relwithdebinfo"))

CODE_FOLDERS = ("actors", "transport", "relay_main", "peer_main", "tests", "examples")
PRODUCT_FOLDERS = ("actors", "transport", "relay_main", "peer_main")

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
LINE_COLUMNS_MAX = 100

# The vocabulary that needs nothing but the standard library; even actors/core may use it.
VOCABULARY = r"transport/(bytes|endpoint|fingerprint|close_reason|frame)\.hpp"

# (folder, what its #include "..." lines may name, what its #include <...> lines may name besides the
# standard library). The first row that matches a file counts. No program can include what is for
# simulation only, the plain handshake above all.
INCLUDE_RULES = [
    (r"actors/core/", rf"actors/core/|{VOCABULARY}", r"(?!)"),
    (r"actors/relay/", r"actors/(?!peer/|testing/)|transport/(?!sim/)", r"caf/|boost/|sqlite3|sodium|spdlog/"),
    (r"actors/peer/", r"actors/(?!relay/|testing/)|transport/(?!sim/)", r"caf/|boost/|sqlite3|sodium|spdlog/"),
    (r"actors/transfer/", r"actors/(?!relay/|peer/|testing/)|transport/(?!sim/)", r"caf/|spdlog/|xxhash"),
    (r"actors/storage/", r"actors/(?!relay/|peer/|testing/)|transport/(?!sim/)", r"caf/|boost/|sqlite3|sodium|spdlog/"),
    (r"actors/testing/", r"actors/|transport/", r"caf/|boost/|sqlite3|spdlog/"),
    (r"actors/", r"actors/(?!relay/|peer/|testing/)|transport/(?!sim/)", r"caf/|boost/|sodium|spdlog/|openssl/|google/protobuf/"),
    (r"transport/sim/", r"transport/", r"boost/"),
    (r"transport/", r"transport/(?!sim/)", r"boost/|openssl/|google/protobuf/|spdlog/"),
    (r"relay_main/", r"relay_main/|actors/(?!testing/)|transport/(?!sim/)", r"boost/|caf/|spdlog/"),
    (r"peer_main/", r"peer_main/|actors/(?!testing/)|transport/(?!sim/)", r"boost/|caf/|spdlog/|histedit|editline/"),
]

# POSIX and Linux headers are the system's, like the standard library.
SYSTEM_INCLUDE = re.compile(
    r"^[a-z_0-9]+(\.h)?$|^(sys|netinet|arpa|net|linux|bits)/[a-z_0-9]+\.h$")

# (pattern, files it concerns, files where it is right, why it is banned elsewhere)
BANNED = [
    (r"\basio::detached\b", r".*", r"(?!)",
     "it swallows exceptions: use the one spawn helper"),
    (r"co_await\s+(boost::)?(asio::)?co_spawn\([^;]*?\[[^\]]", r".*", r"(?!)",
     "g++ 12 frees the captures of a lambda twice here: use a named coroutine"),
    (r"\b(system_clock|steady_clock|high_resolution_clock)::now\b|\b(gettimeofday|clock_gettime)\s*\(",
     r"(actors|transport|relay_main|peer_main)/", r"(transport|actors)/.*(clock|scheduler|loop_driver|runtime\.cpp|background_thread)",
     "time comes from `clock` or the actor clock, or simulation is not exact"),
    (r"\brandom_device\b|\bstd::rand\b|\bsrand\s*\(", r".*", r"tests/sim/reality/",
     "randomness comes from the network's generator, or simulation is not exact"),
    (r"\b(getrandom|getentropy|RAND_bytes|RAND_priv_bytes|randombytes_\w+)\s*\(", r"(actors|transport)/",
     # Where the machine's own network and programs get theirs.
     r"actors/storage/identity_file\.cpp|transport/tcp/tcp_network\.cpp",
     "randomness comes from the network's generator, or simulation is not exact"),
    (r"\bstd::time\s*\(|(?<![\w.:>])time\s*\(\s*(nullptr|NULL|0)\s*\)|\bstd::clock\s*\(", r"(actors|transport)/", r"(?!)",
     "time comes from `clock` or the actor clock, or simulation is not exact"),
    (r"caf/all\.hpp", r".*", r"(?!)", "it costs seconds in every file: include what is used"),
    (r"\bf?printf\s*\(|\bputs\s*\(|\bstd::(cout|cerr|clog)\b", r"(actors|transport)/", r"(?!)",
     "a library does not print: log, or return the text"),
    # A member `sleep_until` is a clock's, which may be a virtual one.
    (r"(?<![.>])\b(sleep_for|sleep_until|usleep|nanosleep)\s*\(",
     r"(actors|relay_main|peer_main|tests|examples)/",
     # A stalled loop is what the one tests, a span of time what the other measures over.
     r"tests/actors/asio_loop_driver_test|tests/bench/measure\.cpp",
     "wait for a condition with a deadline, or use virtual time"),
    (r"\.detach\s*\(\s*\)", r".*", r"actors/runtime\.cpp",  # Ended by an actor of its own thread.
     "nobody can wait for such a thread at the end"),
    (r"\bcaf::infinite\b", r"(actors|relay_main|peer_main)/", r"(?!)",
     "a dropped promise never answers: every request has a finite time-out"),
    (r"^\s*using namespace\b", r".*\.hpp$", r"(?!)", "a header must not choose for its users"),
]

# Words that say the text around them is not finished.
UNFINISHED = re.compile(r"\b(FIXME|XXX|HACK|WIP|TBD)\b")


def code_files(folders=CODE_FOLDERS, suffixes=(".hpp", ".cpp")):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path


def name(path):
    return path.relative_to(ROOT).as_posix()


def without_comments(text):
    """The code with comments and string contents blanked; line numbers stay."""
    token = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
        re.DOTALL)

    def blank(match):
        found = match.group(0)
        if found.startswith(("//", "/*")):
            return "\n" * found.count("\n")
        return '"' + "\n" * found.count("\n") + '"'

    # Digit separators (100'000) are not character literals.
    return token.sub(blank, re.sub(r"(?<=\d)'(?=\d)", "", text))


def includes(path):
    """[("quoted" or "angled", name)] of one file."""
    found = re.findall(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', path.read_text(), re.MULTILINE)
    return [("quoted", quoted) if quoted else ("angled", angled) for quoted, angled in found]


def reach(path, seen=None):
    """Every third-party include that `path` pulls in through the project's own headers."""
    seen = set() if seen is None else seen
    result = set()
    if path in seen or not path.is_file():
        return result
    seen.add(path)
    for kind, target in includes(path):
        if kind == "angled":
            result.add(target)
        else:
            result |= reach(ROOT / target, seen)
    return result


@functools.cache
def own_headers(path):
    """`path` and every file of the project that it includes, at any depth."""
    closure = set()
    reach(path, closure)
    return closure


def functions(text):
    """(first line, number of lines) of each function body outside other functions."""
    scopes = []       # True where the brace opened a function
    statement = ""    # what stands before the next brace
    statement_line = line = 1
    function_line = 0
    for char in re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", without_comments(text), flags=re.M):
        if char == "\n":
            line += 1
        if char == "{":
            head = statement.strip()
            is_scope = re.match(r"(inline\s+)?(namespace|extern|enum)\b", head) or (
                re.match(r"(template\s*<.*>\s*)?(class|struct|union)\b", head, re.S)
                and "(" not in head)
            opens = not any(scopes) and not is_scope and "(" in head
            if opens:
                function_line = statement_line
            scopes.append(opens)
            statement = ""
        elif char == "}":
            if scopes and scopes.pop() and not any(scopes):
                yield function_line, line - function_line + 1
            statement = ""
        elif char == ";":
            statement = ""
        else:
            if not statement.strip():
                statement_line = line
            statement += char


class Tidy(unittest.TestCase):
    maxDiff = None

    def report(self, problems):
        if problems:
            self.fail("\n" + "\n".join(problems))

    def test_includes_point_downwards(self):
        problems = []
        for path in code_files(PRODUCT_FOLDERS):
            for folder, own, foreign in INCLUDE_RULES:
                if not name(path).startswith(folder):
                    continue
                for kind, target in includes(path):
                    allowed = re.match(own, target) if kind == "quoted" else (
                        SYSTEM_INCLUDE.match(target) and target not in ("sqlite3.h", "sodium.h")
                        or re.match(foreign, target))
                    if not allowed:
                        problems.append(f"{name(path)}: {folder} must not include {target}")
                break
        self.report(problems)

    def test_own_includes_are_quoted_from_the_top(self):
        problems = []
        for path in code_files():
            for kind, target in includes(path):
                beside = name(path).startswith("tests/") and (path.parent / target).is_file()
                if kind == "angled" or target.endswith(".pb.h") or beside:
                    continue
                if not (ROOT / target).is_file():
                    problems.append(f'{name(path)}: "{target}" is no path from the top folder')
        self.report(problems)

    def test_no_header_brings_both_caf_and_asio(self):
        problems = []
        for path in code_files(PRODUCT_FOLDERS, (".hpp",)):
            found = reach(path)
            caf = sorted(x for x in found if x.startswith("caf/"))
            asio = sorted(x for x in found if x.startswith("boost/asio"))
            if caf and asio:
                problems.append(f"{name(path)}: reaches <{caf[0]}> and <{asio[0]}>; everyone who "
                                "includes it compiles both. Only a .cpp file may see both worlds.")
        self.report(problems)

    def test_banned_calls(self):
        problems = []
        for path in code_files():
            text = without_comments(path.read_text())
            raw = path.read_text()
            for pattern, concerned, excepted, why in BANNED:
                if not re.match(concerned, name(path)) or re.match(excepted, name(path)):
                    continue
                searched = raw if pattern.startswith("caf/") else text
                for match in re.finditer(pattern, searched, re.MULTILINE | re.DOTALL):
                    number = searched.count("\n", 0, match.start()) + 1
                    found = match.group(0).split("\n")[0].strip()
                    problems.append(f"{name(path)}:{number}: {found}: {why}")
        self.report(problems)

    def test_files_are_short(self):
        problems = []
        for path in code_files(suffixes=(".hpp", ".cpp", ".py", ".sh")):
            lines = path.read_text().splitlines()
            if len(lines) > FILE_LINES_MAX:
                problems.append(f"{name(path)}: {len(lines)} lines, at most {FILE_LINES_MAX}")
        self.report(problems)

    def test_functions_fit_on_a_screen(self):
        problems = []
        for path in code_files():
            for first, count in functions(path.read_text()):
                if count > FUNCTION_LINES_MAX:
                    problems.append(f"{name(path)}:{first}: {count} lines in one function, "
                                    f"at most {FUNCTION_LINES_MAX}")
        self.report(problems)

    def test_lines_are_clean(self):
        problems = []
        for path in code_files(suffixes=(".hpp", ".cpp", ".py", ".sh", ".proto", ".txt")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                where = f"{name(path)}:{number}"
                if len(line) > LINE_COLUMNS_MAX and path.suffix in (".hpp", ".cpp"):
                    problems.append(f"{where}: {len(line)} columns, at most {LINE_COLUMNS_MAX}")
                if "\t" in line or line != line.rstrip():
                    problems.append(f"{where}: tab or blank at the end")
                if UNFINISHED.search(line) and path != pathlib.Path(__file__).resolve():
                    problems.append(f"{where}: unfinished: {line.strip()}")
        self.report(problems)

    def test_headers_include_before_they_declare(self):
        """Else a header could pass HeadersCompileAlone by what another in its chain brought."""
        problems = []
        for path in code_files(PRODUCT_FOLDERS, (".hpp",)):
            code = without_comments(path.read_text())
            beginning = re.match(r"(\s*#[^\n]*)*", code).group(0)
            if code.count("#include") != beginning.count("#include"):
                problems.append(f"{name(path)}: #include after a declaration")
        self.report(problems)

    def test_headers_have_a_guard(self):
        self.report([f"{name(path)}: no #pragma once" for path in code_files(suffixes=(".hpp",))
                     if not re.search(r"^#pragma once$", path.read_text(), re.MULTILINE)])


class HeadersCompileAlone(unittest.TestCase):
    """Each header, included first, compiles with the flags of its own folder.

    One compilation proves a chain of headers, each of which includes the one before it: what a header
    sees in such a chain is what it sees alone, because it brings everything before it by itself.
    What passed is remembered in the build directory by content, so only changed headers are compiled
    again. The precompiled header stays in use: CAF and Asio bring the same standard headers anyway.
    """

    def test_headers_compile_alone(self):
        database = BUILD / "compile_commands.json"
        if not database.is_file():
            self.skipTest(f"no {database}: configure first")
        groups = collections.defaultdict(list)
        commands = self.commands_of(database)
        for path in code_files(PRODUCT_FOLDERS, (".hpp",)):
            command = self.command_beside(path, commands)
            if command:  # Else no file of this folder is built yet.
                groups[self.with_small_precompiled_header(path, command)].append(path)
        chains = [(command, chain) for command, paths in groups.items()
                  for chain in self.chains_of(paths)]
        passed = BUILD / "tidy"
        passed.mkdir(exist_ok=True)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda chain: self.compile(*chain, passed), chains)
        problems = [problem for problem in results if problem]
        if problems:
            self.fail("\n" + "\n".join(problems))

    def test_chains_hold_each_header_once_and_only_after_those_it_includes(self):
        paths = list(code_files(PRODUCT_FOLDERS, (".hpp",)))
        chains = self.chains_of(paths)
        self.assertEqual(sorted(path for chain in chains for path in chain), sorted(paths))
        for chain in chains:
            for before, after in itertools.pairwise(chain):
                self.assertIn(before, own_headers(after))

    @staticmethod
    def commands_of(database):
        """Each source file's compiler command, without its name. A unity build compiles others."""
        commands = {}
        for entry in json.loads(database.read_text()):
            compiled = pathlib.Path(entry["file"])
            sources = [entry["file"]]
            if compiled.parent.name == "Unity":
                sources = re.findall(r'^#include "(.+)"$', compiled.read_text(), re.MULTILINE)
            command = entry["command"].replace(f"-c {compiled}", "")
            commands.update({source: command for source in sources})
        return commands

    @staticmethod
    def with_small_precompiled_header(path, command):
        """The command as a tuple; what needs neither CAF nor Asio does not load them: a third of a second."""
        if not any(target.startswith(("caf/", "boost/asio")) for target in reach(path)):
            command = [re.sub(r"/precompiled_(caf|asio)\.dir/", "/precompiled_std.dir/", word)
                       for word in command]
        return tuple(command)

    @staticmethod
    def chains_of(paths):
        """The headers as few lists, in each of which every header includes those before it."""
        chains = []
        for path in sorted(paths, key=lambda path: (len(own_headers(path)), path)):
            included = own_headers(path) - {path}
            fitting = [chain for chain in chains
                       if chain[-1] in included and path not in own_headers(chain[-1])]
            if fitting:
                max(fitting, key=lambda chain: len(own_headers(chain[-1]))).append(path)
            else:
                chains.append([path])
        return chains

    @staticmethod
    def compile(command, chain, passed):
        last = chain[-1]
        digest = hashlib.sha256(shlex.join(command).encode())
        for part in [*chain, *sorted(own_headers(last))]:
            digest.update(part.read_bytes())
        stamp = passed / f"{name(last).replace('/', '.')}.{digest.hexdigest()[:16]}"
        if stamp.exists():
            return None
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as source:
            source.writelines(f'#include "{name(path)}"\n' for path in chain)
            source.flush()
            done = subprocess.run([*command, "-fsyntax-only", source.name], cwd=BUILD,
                                  capture_output=True, text=True, check=False)
        if done.returncode:
            return (f"{', '.join(name(path) for path in chain)}: not each of these compiles alone:\n"
                    f"{done.stderr[:1500]}")
        for old in passed.glob(f"{name(last).replace('/', '.')}.*"):
            old.unlink()
        stamp.touch()
        return None

    @staticmethod
    def command_beside(path, commands):
        """The compiler command of a .cpp file in the header's folder, or in the nearest above."""
        for folder in path.parents:
            for file, command in sorted(commands.items()):
                if pathlib.Path(file).parent == folder:
                    words = shlex.split(command)
                    compiler = next(i for i, word in enumerate(words)
                                    if re.search(r"(\+\+|clang|gcc)[-0-9]*$", word))
                    words = words[compiler:]
                    output = words.index("-o")
                    del words[output:output + 2]
                    return words
            if folder == ROOT:
                return None
        return None


if __name__ == "__main__":
    unittest.main()
