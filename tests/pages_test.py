"""What docs/simulation.md shows in C++ is code that is compiled and run."""

import os
import pathlib
import re
import unittest

ROOT = pathlib.Path(os.environ.get("HOBNOB_SOURCE_DIR", pathlib.Path(__file__).parents[1]))


def code_alone(text):
    """Without comments and white space: where a line ends is the page's own choice."""
    return re.sub(r"\s+", "", re.sub(r"//[^\n]*", "", text))


def paragraphs(page):
    """The parts of its C++ that belong together, and each include line."""
    for block in re.findall(r"^```cpp\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE):
        for paragraph in re.split(r"\n\s*\n", block):
            yield from paragraph.splitlines() if paragraph.startswith("#") else [paragraph]


class Pages(unittest.TestCase):
    def test_code_of_the_simulation_page_is_compiled_and_run(self):
        sources = [ROOT / "tests/actors/testing/simulation_page_test.cpp",
                   *(ROOT / "examples").glob("simulate_*.cpp")]
        compiled = [code_alone(source.read_text()) for source in sources]
        shown = list(paragraphs(ROOT / "docs/simulation.md"))
        self.assertGreater(len(shown), 10)
        for paragraph in shown:
            with self.subTest(paragraph):
                self.assertTrue(any(code_alone(paragraph) in source for source in compiled))


if __name__ == "__main__":
    unittest.main()
