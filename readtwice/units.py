"""Units: what the master notebook of a unit asks, of which text, for how many points."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from readtwice.answers import read_answers, read_header
from readtwice.cells import Cell, cells_of, grade_id, is_solution, is_test, is_written, nbgrader_of, source_of
from readtwice.keys import Key, check_asked, key_path, read_key
from readtwice.numbers import RECIPES, read_numbers
from readtwice.schemes import read_scheme
from readtwice.texts import Text, read_text

_READ = re.compile(r"^\s*(?:\w+\s*=\s*)?read\(\s*[\"']([\w-]+)[\"']\s*\)", re.MULTILINE)
_CHECK = re.compile(r"check\(\s*[\"']([\w-]+)[\"']\s*(?:,\s*[\"']([\w-]+)[\"']\s*)?\)")


class UnitProblem(ValueError):
    """A master or a course folder is not as it should be; the message says where."""


@dataclass(frozen=True)
class Task:
    """One test cell: which answer cell it marks, which items are asked there, and for how many points."""

    test: str
    answer_cell: str
    layer: str
    text: Text
    asked: tuple[str, ...]
    points: float


@dataclass(frozen=True)
class Unit:
    """A unit as its master decides it, with the exercise that students were given."""

    name: str
    tasks: tuple[Task, ...]
    written: Mapping[str, float]  # grade id -> points of each answer that the teacher marks
    keys: Mapping[tuple[str, str], Key]  # (text, layer) -> the whole key
    release: Mapping[str, Any]

    @property
    def points(self) -> float:
        return sum(task.points for task in self.tasks) + sum(self.written.values())

    def key(self, task: Task) -> Key:
        """The key of a task's asked items."""
        return self.keys[task.text.name, task.layer].only(task.asked)


def unit_names(course: Path) -> list[str]:
    """Names of the units of a course folder: the folders in solutions/ with a master of the same name."""
    return sorted(p.parent.name for p in (course / "solutions").glob("*/*.ipynb") if p.stem == p.parent.name)


def master_path(course: Path, name: str) -> Path:
    return course / "solutions" / name / f"{name}.ipynb"


def release_path(course: Path, name: str) -> Path:
    return course / "exercises" / name / f"{name}.ipynb"


def read_unit(course: Path, name: str) -> Unit:
    """Read a unit of a course folder; raises UnitProblem or KeyProblem. Read again when a file changed."""
    course = course.resolve()
    paths = [master_path(course, name), release_path(course, name), *sorted((course / "solutions" / "keys").rglob("*.csv"))]
    if missing := [path for path in paths[:2] if not path.is_file()]:
        raise UnitProblem(f"there is no unit “{name}” in this course: {missing[0].relative_to(course)} is missing")
    return _read_unit(course, name, tuple(path.stat().st_mtime_ns for path in paths))


@lru_cache(maxsize=32)
def _read_unit(course: Path, name: str, _stamps: tuple[int, ...]) -> Unit:
    master, release = read_notebook(master_path(course, name)), read_notebook(release_path(course, name))
    cells = cells_of(master)
    own = own_text(cells, name)
    keys: dict[tuple[str, str], Key] = {}
    tasks = tuple(_task(cell, cells, own, name) for cell in cells if is_test(cell))
    for task in tasks:
        if task.layer not in RECIPES:
            scheme = read_scheme(task.layer)
            path = key_path(task.text, task.layer, course / "solutions")
            keys[task.text.name, task.layer] = key = read_key(path, scheme, task.text)
            check_asked(key.only(task.asked))
    written = {grade_id(cell): float(nbgrader_of(cell)["points"]) for cell in cells if is_written(cell)}
    return Unit(name, tasks, written, keys, release)


def read_notebook(path: Path) -> Cell:
    """Read one of our own notebooks as plain data, each cell's lines joined to one text; raises UnitProblem."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnitProblem(f"{path}: this notebook is damaged and cannot be read") from error
    for cell in notebook["cells"]:
        cell["source"] = source_of(cell)
    return notebook


def own_text(cells, name: str) -> Text:
    """The text that a notebook opens with its first read("…")."""
    for cell in cells:
        if cell.get("cell_type") == "code" and (found := _READ.search(source_of(cell))):
            return read_text(found[1])
    raise UnitProblem(f'{name}: the master opens no text; a cell must say  text = read("…")')


def _task(cell: Mapping[str, Any], cells, own: Text, name: str) -> Task:
    found = _CHECK.search(source_of(cell))
    if not found:
        raise UnitProblem(f'{name}, {grade_id(cell)}: a test cell must say  check("…")')
    layer, text = found[1], read_text(found[2]) if found[2] else own
    answer = answer_cell(cells, layer, text, own)
    if answer is None:
        raise UnitProblem(f"{name}: no solution cell starts with  %%answers {layer}")
    source = source_of(answer)
    if layer in RECIPES:
        asked = tuple(read_numbers(source, RECIPES[layer].names(text))[0])
    else:
        answers = read_answers(source, read_scheme(layer), text)
        asked = tuple(item for item in answers.rows if not answers.rows[item].given)
    return Task(grade_id(cell), grade_id(answer), layer, text, asked, float(nbgrader_of(cell)["points"]))


def answer_cell(cells, layer: str, text: Text, own: Text) -> Mapping[str, Any] | None:
    """The solution cell for a layer of a text: the one that starts with ``%%answers LAYER [TEXT]``."""
    for cell in cells:
        if is_solution(cell) and (header := read_header(source_of(cell))) and header[0] == layer and (header[1] or own.name) == text.name:
            return cell
    return None
