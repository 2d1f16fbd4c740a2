"""Units: what the master notebook of a unit asks, of which text, for how many points."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from readtwice.answers import Answers, read_header
from readtwice.cells import Cell, cells_of, grade_id, is_solution, is_test, is_written, nbgrader_of, source_of
from readtwice.keys import Key, KeyRow, check_asked
from readtwice.kinds import Kind, kind_of
from readtwice.numbers import RECIPES, read_numbers
from readtwice.overrides import accepting
from readtwice.schemes import SchemeNotFound
from readtwice.texts import Text, TextNotFound, read_text

_READ = re.compile(r"^[ \t]*(?:\w+[ \t]*=[ \t]*)?read\(\s*[\"']([\w-]+)[\"']\s*\)", re.MULTILINE)
_CHECK = re.compile(r"check\(\s*[\"']([\w-]+)[\"']\s*(?:,\s*[\"']([\w-]+)[\"']\s*)?\)")


class UnitProblem(ValueError):
    """A master or a course folder is not as it should be; the message says where."""


@dataclass(frozen=True)
class Part:
    """One answer cell behind a test cell: of which text, and which items are asked there."""

    answer_cell: str
    text: Text
    asked: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """One test cell: which answer cells are marked together there, and for how many points.

    `layer` is what stands behind ``%%answers``. An item of the first part keeps its id; one of
    another part has the name of its text before it.
    """

    test: str
    layer: str
    parts: tuple[Part, ...]
    points: float

    @property
    def text(self) -> Text:
        return self.parts[0].text

    @property
    def answer_cell(self) -> str:
        return self.parts[0].answer_cell

    @property
    def asked(self) -> tuple[str, ...]:
        return tuple(self.name(part, item) for part in self.parts for item in part.asked)

    def name(self, part: Part, item: str) -> str:
        """What an item of a part is called among all items of the task."""
        return item if part is self.parts[0] else f"{part.text.name} {item}"

    def kind(self, part: Part) -> Kind:
        return kind_of(self.layer, part.text)

    def answers(self, sources: Mapping[str, str]) -> tuple[list[Answers], Answers]:
        """The answers of each part, and all of them as one, from the texts of the answer cells by their names."""
        parts = [self.kind(part).read(sources[part.answer_cell]) for part in self.parts]
        rows = {
            self.name(part, item): answer for part, answers in zip(self.parts, parts, strict=True) for item, answer in answers.rows.items()
        }
        return parts, Answers(self.layer, rows, tuple(problem for answers in parts for problem in answers.problems))


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
        """The key of a task's asked items, by their names in the task."""
        return self._asked_keys[task.test]

    @cached_property
    def solutions_released(self) -> dict[str, str]:
        """What stands in each solution cell of the exercise that students were given, by grade id."""
        return {grade_id(cell): source_of(cell) for cell in self.release["cells"] if is_solution(cell)}

    @cached_property
    def _asked_keys(self) -> dict[str, Key]:
        return {task.test: self._asked_key(task) for task in self.tasks if task.layer not in RECIPES}

    def _asked_key(self, task: Task) -> Key:
        rows: dict[str, KeyRow] = {}
        for part in task.parts:
            key = self.keys[part.text.name, task.layer].only(part.asked)
            rows |= {task.name(part, item): replace(row, item=task.name(part, item)) for item, row in key.rows.items()}
        return Key(task.layer, rows)


def unit_names(course: Path) -> list[str]:
    """Names of the units of a course folder: the folders in solutions/ with a master of the same name."""
    return sorted(p.parent.name for p in (course / "solutions").glob("*/*.ipynb") if p.stem == p.parent.name)


def read_units(course: Path) -> dict[str, Unit]:
    """Every unit of a course folder by its name; raises UnitProblem or KeyProblem."""
    return {name: read_unit(course, name) for name in unit_names(course)}


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
        if task.layer in RECIPES:
            continue
        for part in task.parts:
            kind, solutions = task.kind(part), course / "solutions"
            keys[part.text.name, task.layer] = accepting(kind.key(solutions), kind, part.text, solutions)
    unit = Unit(name, tasks, {grade_id(cell): float(nbgrader_of(cell)["points"]) for cell in cells if is_written(cell)}, keys, release)
    for task in tasks:
        if task.layer not in RECIPES and task.kind(task.parts[0]).is_layer:
            check_asked(unit.key(task))
    return unit


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


def texts_read(cells) -> list[str]:
    """Names of the texts that the cells of a notebook open, in their order, whether there are such texts or not."""
    return [name for cell in cells if cell.get("cell_type") == "code" for name in _READ.findall(source_of(cell))]


def _task(cell: Mapping[str, Any], cells, own: Text, name: str) -> Task:
    source = source_of(cell)
    checks = _CHECK.findall(source)
    if not checks or len({layer for layer, _ in checks}) > 1:
        raise UnitProblem(f'{name}, {grade_id(cell)}: a test cell must say  check("…"), each time of the same layer')
    layer = checks[0][0]
    try:
        parts = tuple(_part(cells, layer, read_text(other) if other else own, own, name) for _, other in checks)
    except (TextNotFound, SchemeNotFound) as error:
        raise UnitProblem(f"{name}, {grade_id(cell)}: {error}") from error
    return Task(grade_id(cell), layer, parts, float(nbgrader_of(cell)["points"]))


def _part(cells, layer: str, text: Text, own: Text, name: str) -> Part:
    answer = answer_cell(cells, layer, text, own)
    if answer is None:
        raise UnitProblem(f"{name}: no solution cell starts with  %%answers {layer}")
    source = source_of(answer)
    if layer in RECIPES:
        return Part(grade_id(answer), text, tuple(read_numbers(source, RECIPES[layer].names(text))[0]))
    answers = kind_of(layer, text).read(source)
    return Part(grade_id(answer), text, tuple(item for item, row in answers.rows.items() if not row.given))


def answer_cell(cells, layer: str, text: Text, own: Text) -> Mapping[str, Any] | None:
    """The solution cell for a layer of a text: the one that starts with ``%%answers LAYER [TEXT]``."""
    for cell in cells:
        if is_solution(cell) and (header := read_header(source_of(cell))) and header[0] == layer and (header[1] or own.name) == text.name:
            return cell
    return None
