"""The product's own Python files, for the rules that are checked by reading them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = (
    "fastpix_api",
    "web",
    "sandbox",
    "workspace_app",
    "events_app",
    "media_app",
    "live_app",
    "analytics_app",
    "fastpix_console",
)


def files(*packages: str) -> Iterator[Path]:
    """Every Python file of the packages (all of ours when none is named), migrations left out."""
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def parsed(path: Path) -> ast.Module:
    """The file as a syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path: Path) -> Iterator[str]:
    """The dotted names a file imports, absolute; relative imports come as "."."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield "." if node.level else module
            yield from (f"{module}.{alias.name}" for alias in node.names if not node.level)


def short(path: Path) -> str:
    """The path as a person names it."""
    return str(path.relative_to(ROOT))
