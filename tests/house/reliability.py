"""Which tests speak of which row of docs/reliability.md: by the numbers in their docstrings."""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = ROOT / "docs" / "reliability.md"
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/.]+\.py)::(\w+)`")
_SAID = re.compile(r"RELIABILITY (\d+(?:(?:, | and )\d+)*)")


def spoken_of() -> dict[int, list[str]]:
    """Row → the tests that carry its number, as `file::name` below tests/."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for said in _SAID.findall(ast.get_docstring(node) or ""):
                    for number in re.findall(r"\d+", said):
                        found[int(number)].append(f"{path.relative_to(ROOT / 'tests')}::{node.name}")
    return found


def rows() -> dict[int, str]:
    """Row → what stands in its last column."""
    return {int(number): shown for number, _, _, shown in ROW.findall(DOCUMENT.read_text())}
