"""Sizes and names (docs/architecture.md): what a reader can take in at once, and find by its name."""

import ast
import re
import subprocess

import pytest

from tests.house.tree import ROOT, files, parsed, short

FILE_LINES = 400
FUNCTION_LINES = 40
DECORATORS = 3
BANNED = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "base",
    "misc",
    "manager",
    "handler",
    "processor",
    "wrapper",
}
TEMPLATE_LINES, PARTIAL_LINES = 160, 120


def _functions(path):
    return [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_no_file_is_longer_than_a_reader_can_hold():
    long = [f"{short(path)}: {count}" for path in files() if (count := len(path.read_text().splitlines())) > FILE_LINES]
    assert not long, "\n".join(long)


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{short(path)}:{node.lineno} {node.name}: {size}"
        for path in files()
        for node in _functions(path)
        if (size := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_no_view_wears_more_than_three_decorators():
    many = [
        f"{short(path)}: {node.name}"
        for path in files()
        if "/views/" in short(path)
        for node in _functions(path)
        if len(node.decorator_list) > DECORATORS
    ]
    assert not many, "\n".join(many)


def test_nothing_is_named_after_nothing():
    wrong = [short(path) for path in files() if path.stem.lower().strip("_") in BANNED]
    for path in files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef) and re.split(r"(?=[A-Z])", node.name)[-1].lower() in BANNED:
                wrong.append(f"{short(path)}: class {node.name}")
    assert not wrong, "\n".join(wrong)


def test_public_functions_say_what_they_do():
    silent = []
    for path in files():
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith(
                "_"
            ):
                framework = isinstance(node, ast.ClassDef) and path.name == "apps.py"
                if not ast.get_docstring(node) and not framework:
                    silent.append(f"{short(path)}:{node.lineno} {node.name}")
    assert not silent, "\n".join(silent)


def test_templates_stay_short():
    long = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        limit = PARTIAL_LINES if path.name.startswith("_") else TEMPLATE_LINES
        count = len(path.read_text().splitlines())
        if count > limit:
            long.append(f"{short(path)}: {count}")
    assert not long, "\n".join(long)


def test_templates_hold_no_inline_style_or_script():
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text()
        if re.search(INLINE, text):
            wrong.append(short(path))
    assert not wrong, "\n".join(wrong)


INLINE = (
    r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)"
    r"|href=.javascript:|\|safe\b|autoescape off"
)
TRACES = r"(py[p]i\.org|python[h]osted|registry\.n[p]mjs|d[e]b\.debian|/ro[o]t/|/hom[e]/[a-z])"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the git checkout")
def test_the_project_names_no_machine_and_no_registry():
    found = subprocess.run(
        ["git", "grep", "-nIE", TRACES, "--", "."], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [line for line in found.stdout.splitlines() if not line.startswith("tests/house/test_sizes_and_names.py")]
    assert not lines, "\n".join(lines)
