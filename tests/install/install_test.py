# ctest: timeout=600 labels=install unsanitized
"""The installed package serves a stranger: a project outside the tree finds it, builds and runs."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["HOBNOB_BUILD_DIR"])
SOURCE = pathlib.Path(os.environ["HOBNOB_SOURCE_DIR"])


class Install(unittest.TestCase):
    def run_command(self, *command):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def test_a_project_outside_the_tree_embeds_and_simulates_relays_and_peers(self):
        with tempfile.TemporaryDirectory(prefix="hobnob-install-") as folder:
            prefix = pathlib.Path(folder, "prefix")
            project = pathlib.Path(folder, "consumer")
            build = pathlib.Path(folder, "build")
            shutil.copytree(SOURCE / "tests/install/consumer", project)
            for example, program in (("two_peers_and_a_relay", "embedding"),
                                     ("own_actor_system", "own_system"),
                                     ("simulate_partition", "simulating"),
                                     ("simulate_own_actor", "own_actor"),
                                     ("simulate_own_protocol", "own_protocol"),
                                     ("simulate_topology", "topology")):
                shutil.copy(SOURCE / f"examples/{example}.cpp", project / f"{program}.cpp")
            self.run_command("cmake", "--install", BUILD, "--prefix", prefix)
            self.run_command("cmake", "-S", project, "-B", build, "-G", "Ninja",
                             f"-DCMAKE_PREFIX_PATH={prefix}")
            self.run_command("cmake", "--build", build)
            self.assertIn("hello bob", self.run_command(build / "embedding"))
            self.assertIn("bob hears ann on greetings: hello bob", self.run_command(build / "own_system"))
            self.assertIn("by wan again", self.run_command(build / "simulating"))
            self.assertIn("15 readings, the last one is 15", self.run_command(build / "own_actor"))
            self.assertIn("sequenceDiagram", self.run_command(build / "own_protocol"))
            sites = SOURCE / "examples/topologies/three_sites.topology"
            self.assertIn("trace hash:", self.run_command(build / "topology", sites))
            for program in ("relay_main", "peer_main"):
                self.assertIn("0.1.0", self.run_command(prefix / "bin" / program, "--version"))
            self.build_the_first_test_of_the_page(pathlib.Path(folder, "page"), prefix)

    def build_the_first_test_of_the_page(self, project, prefix):
        """docs/simulation.md: its first lines of CMake and of C++ are a project."""
        page = (SOURCE / "docs/simulation.md").read_text()
        project.mkdir()
        for language, file in (("cmake", "CMakeLists.txt"), ("cpp", "team_test.cpp")):
            found = re.search(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
            (project / file).write_text(found.group(1))
        self.run_command("cmake", "-S", project, "-B", project / "build", "-G", "Ninja",
                         f"-DCMAKE_PREFIX_PATH={prefix}")
        self.run_command("cmake", "--build", project / "build")
        self.assertIn("PASSED", self.run_command(project / "build/team_test"))


if __name__ == "__main__":
    unittest.main()
