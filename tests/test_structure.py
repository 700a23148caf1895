"""The direction between packages, and between the rooms of the runtime, read from their imports."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

# What each place may import of the project. A name stands for itself and everything inside.
ROOMS = {
    "tolltrace.scheme": set(),
    "tolltrace.words": set(),
    "tolltrace.disjoint": set(),
    "tolltrace.near_duplicates": {"tolltrace.disjoint"},
    "tolltrace.documents": {"tolltrace.scheme"},
    "tolltrace.sentences": {"tolltrace.documents", "tolltrace.words"},
    "tolltrace.jsonlines": {"tolltrace.documents"},
    "tolltrace.markup": {"tolltrace.documents", "tolltrace.jsonlines"},
    "tolltrace.reading": {"tolltrace.documents", "tolltrace.reading"},
    "tolltrace.model": {"tolltrace.scheme", "tolltrace.documents", "tolltrace.sentences", "tolltrace.model"},
    "tolltrace.claims": {
        "tolltrace.scheme",
        "tolltrace.documents",
        "tolltrace.sentences",
        "tolltrace.words",
        "tolltrace.claims",
    },
    "tolltrace.resolving": {
        "tolltrace.documents",
        "tolltrace.sentences",
        "tolltrace.words",
        "tolltrace.reading",
        "tolltrace.claims",
        "tolltrace.resolving",
    },
    "tolltrace.events": {
        "tolltrace.documents",
        "tolltrace.words",
        "tolltrace.claims",
        "tolltrace.resolving",
        "tolltrace.events",
    },
    "tolltrace.writing": {
        "tolltrace.scheme",
        "tolltrace.documents",
        "tolltrace.jsonlines",
        "tolltrace.claims",
        "tolltrace.resolving",
        "tolltrace.events",
        "tolltrace.reading",
        "tolltrace.pipeline",
        "tolltrace.reconcile",
        "tolltrace.writing",
    },
    "tolltrace.pipeline": {
        "tolltrace.documents",
        "tolltrace.reading",
        "tolltrace.model",
        "tolltrace.claims",
        "tolltrace.resolving",
    },
    "tolltrace.reconcile": {
        "tolltrace.documents",
        "tolltrace.jsonlines",
        "tolltrace.near_duplicates",
        "tolltrace.claims",
        "tolltrace.resolving",
        "tolltrace.events",
    },
    "tolltrace.cli": {"tolltrace"},
    "tolltrace": {"tolltrace"},
    "annotation": {"annotation", "tolltrace"},
    "training": {"training", "tolltrace"},
    "scripts": {"scripts", "training", "annotation", "tolltrace"},
}


def imports(path: Path) -> set[str]:
    """Modules of the project that a file imports, as far down as they are modules."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("tolltrace", "annotation", "training", "scripts")}


def room_of(module: str) -> str:
    return max((room for room in ROOMS if module == room or module.startswith(room + ".")), key=len)


@pytest.mark.parametrize("package", ["tolltrace", "annotation", "training", "scripts"])
def test_imports_keep_their_direction(package: str, root: Path) -> None:
    wrong = []
    for path in sorted((root / package).rglob("*.py")):
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        allowed = ROOMS[room_of(module)]
        for name in imports(path):
            if not any(name == room or name.startswith(room + ".") for room in allowed):
                wrong.append(f"{module} imports {name}")
    assert wrong == []


def test_modules_are_short(root: Path) -> None:
    long = {
        str(path.relative_to(root)): lines
        for package in ("tolltrace", "annotation", "training", "scripts")
        for path in (root / package).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert long == {}


def test_every_package_is_in_the_wheel(root: Path) -> None:
    declared = set(
        tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    )
    found = {".".join(p.parent.relative_to(root).parts) for p in (root / "tolltrace").rglob("__init__.py")}
    assert declared - {"tolltrace.gazetteers"} == found
