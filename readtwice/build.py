"""Build: exercises from masters, and the check that nothing of a key has come along."""

from __future__ import annotations

import json
import logging
import os
import re
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from readtwice.answers import read_header
from readtwice.cells import cells_of, source_of
from readtwice.guide import GUIDE, guide_page
from readtwice.masters import fill
from readtwice.numbers import RECIPES, read_numbers
from readtwice.schemes import read_scheme
from readtwice.units import Unit, UnitProblem, master_path, own_text, read_notebook, read_unit, release_path, unit_names


def build(course: Path) -> list[Path]:
    """Write the keys into the masters and make the exercises anew; the files that changed.

    A file is replaced whole or not at all, and left alone where it would not change.
    """
    return [path for path, content in _made(course) if _write(path, content)]


def check_build(course: Path) -> list[str]:
    """What a build would change and what of a key stands where students look, one sentence each."""
    problems = []
    wanted = dict(_made(course))
    for path, content in wanted.items():
        where = path.relative_to(course)
        if not path.is_file():
            problems.append(f"{where} is missing. Run  readtwice build")
        elif path.read_bytes() != content:
            problems.append(f"{where} differs from what a build gives. Edit the master in solutions/, then run  readtwice build")
    extra = {p for p in (course / "exercises").rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts} - wanted.keys()
    problems += [f"{path.relative_to(course)} belongs to no master. Delete it, or keep it elsewhere" for path in sorted(extra)]
    made = [name for name in unit_names(course) if release_path(course, name).is_file()]
    return problems + [problem for name in made for problem in leaks(course, read_unit(course, name))]


def leaks(course: Path, unit: Unit) -> list[str]:
    """Where a reason, an alternative or an asked item's label stands under exercises/ or lessons/."""
    problems = []
    files = sorted(path for folder in ("exercises", "lessons") for path in (course / folder).rglob("*") if path.is_file())
    for path in files:
        where = path.relative_to(course)
        content = path.read_text(encoding="utf-8", errors="replace")
        strings = _strings(content) if path.suffix == ".ipynb" else [content]
        for (text, layer), key in unit.keys.items():
            asked = {item for task in unit.tasks if (task.text.name, task.layer) == (text, layer) for item in task.asked}
            told = [row.item for row in key.rows.values() if any(_squeeze(row.reason) in _squeeze(s) for s in strings)]
            problems += [f"{where} holds the reason of the {layer} key for {item}" for item in told]
            labels = read_scheme(layer).names
            line = _line_of(asked, labels)
            found = {(m[1], m[2].lower()) for s in _about(strings, path, text) for m in line.finditer(_rows_as_lines(s))}
            problems += [f"{where} holds a label of an asked sentence: {item}: {label}" for item, label in sorted(found)]
        problems += _number_leaks(where, path, unit)
    return problems


def _line_of(items: Iterable[str], labels: Iterable[str]) -> re.Pattern[str]:
    """A line that gives one of these items one of these labels: an answer, or a row of a table with its numbers."""
    items, labels = ("|".join(map(re.escape, sorted(names))) for names in (items, labels))
    return re.compile(rf"(?im)^\W*(?:\d+[ \t]+)?({items})\b[^\w\n]*(?:\d+[ \t]+){{0,3}}({labels})\b")


def _rows_as_lines(html: str) -> str:
    """HTML tables as lines of text, other text as it is."""
    if "<td" not in html:
        return html
    rows = re.sub(r"</t[dh]>\s*<t[dh][^>]*>", "\t", html)
    return re.sub(r"<[^>]*>", " ", rows)


def _about(strings: list[str], path: Path, text: str) -> list[str]:
    """Strings about this text: all of a notebook that opens it, else those that name it."""
    if path.suffix == ".ipynb":
        try:
            own = own_text(cells_of(read_notebook(path)), path.stem).name
        except UnitProblem:
            own = ""
        if own != text:
            return [s for s in strings if text in s]
    return strings


def _number_leaks(where: Path, path: Path, unit: Unit) -> list[str]:
    if path.suffix != ".ipynb":
        return []
    problems = []
    for cell in cells_of(read_notebook(path)):
        header = read_header(source_of(cell))
        for task in unit.tasks:
            if header and header[0] == task.layer in RECIPES and where.parts[0] == "exercises":
                numbers, _ = read_numbers(source_of(cell), RECIPES[task.layer].names(task.text))
                problems += [f"{where} holds an asked number: {n.name}" for n in numbers.values() if n.value is not None]
    return problems


def _strings(content: str) -> list[str]:
    """Every string of a notebook file, with lists of lines joined: sources, outputs, metadata."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, list):
            if value and all(isinstance(part, str) for part in value):
                found.append("".join(value))
            else:
                for part in value:
                    walk(part)
        elif isinstance(value, dict):
            for key, part in value.items():
                found.append(key)
                walk(part)

    walk(json.loads(content))
    return found


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


def _made(course: Path) -> Iterator[tuple[Path, bytes]]:
    """Masters, exercises and the label guide as a build makes them; nothing in the course changes."""
    for name in unit_names(course):
        path = master_path(course, name)
        master = read_notebook(path)
        fill(master, name, course / "solutions")
        content = notebook_bytes(master)
        yield path, content
        yield release_path(course, name), _generate(name, content)
    yield course / GUIDE, guide_page().encode()


def notebook_bytes(notebook: Any) -> bytes:
    """A notebook as nbformat writes it: sorted, one space of indent, a line end at the end."""
    lines = _with_lines(notebook)
    return (json.dumps(lines, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")) + "\n").encode()


def _with_lines(notebook: Any) -> Any:
    import nbformat
    from nbformat.v4.rwbase import split_lines

    return split_lines(nbformat.from_dict(notebook))


def _generate(name: str, master: bytes) -> bytes:
    """The exercise that nbgrader's generate_assignment makes of a master, in a folder of its own."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from readtwice.steps import configure

    with tempfile.TemporaryDirectory() as folder, alembic_on_path():
        root = Path(folder).resolve()
        source = master_path(root, name)
        source.parent.mkdir(parents=True)
        source.write_bytes(master)
        config = Config()
        configure(config)
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.assignment_id = name
        converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
        converter.log.setLevel(logging.ERROR)
        converter.start()
        return release_path(root, name).read_bytes()


@contextmanager
def alembic_on_path() -> Iterator[None]:
    """nbgrader looks for `alembic` on PATH when it makes a gradebook; it lies beside this Python."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join(filter(None, (sysconfig.get_path("scripts"), before)))
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _write(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)
    return True


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in its place whole: written beside it first, then renamed."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    if path.exists():
        path.chmod(0o644)  # Windows replaces no file that is read-only
    os.replace(part, path)
