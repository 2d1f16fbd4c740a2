"""Build: exercises from masters, and the check that nothing of a key has come along."""

from __future__ import annotations

import json
import logging
import os
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from readtwice.guide import GUIDE, guide_page
from readtwice.leaks import leaks
from readtwice.masters import fill, put_text
from readtwice.units import master_path, read_notebook, read_unit, release_path, unit_names


def build(course: Path, text: str = "") -> list[Path]:
    """Write the keys into the masters and make the exercises anew; the files that changed.

    `text` lets all units of the course work on another graded text. A file is replaced whole or not
    at all, and left alone where it would not change.
    """
    return [path for path, content in list(_made(course, text)) if _write(path, content)]


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
    return problems + leaks(course, *(read_unit(course, name) for name in made))


def _made(course: Path, text: str = "") -> Iterator[tuple[Path, bytes]]:
    """Masters, exercises and the label guide as a build makes them; nothing in the course changes."""
    masters = {}
    for name in unit_names(course):
        master = read_notebook(master_path(course, name))
        if text:
            put_text(master, name, text)
        fill(master, name, course / "solutions")
        masters[name] = notebook_bytes(master)
    for name, exercise in _exercises(masters):
        yield master_path(course, name), masters[name]
        yield release_path(course, name), exercise
    yield course / GUIDE, guide_page().encode()


def notebook_bytes(notebook: Any) -> bytes:
    """A notebook as nbformat writes it: sorted, one space of indent, a line end at the end."""
    lines = _with_lines(notebook)
    return (json.dumps(lines, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")) + "\n").encode()


def _with_lines(notebook: Any) -> Any:
    import nbformat
    from nbformat.v4.rwbase import split_lines

    return split_lines(nbformat.from_dict(notebook))


def _exercises(masters: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Each unit with the exercise that nbgrader's generate_assignment makes of its master.

    All in one folder of their own: making a gradebook takes longer than making an exercise.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from readtwice.steps import configure

    with tempfile.TemporaryDirectory() as folder, alembic_on_path():
        root = Path(folder).resolve()
        for name, master in masters.items():
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
            yield name, release_path(root, name).read_bytes()


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
