"""Leaks: whether anything of a key stands where students look."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

from readtwice.answers import read_header
from readtwice.cells import cells_of, source_of
from readtwice.kinds import kind_of
from readtwice.numbers import RECIPES, read_numbers
from readtwice.overrides import FILE, overrides_of
from readtwice.texts import read_text
from readtwice.units import Part, Task, Unit, UnitProblem, own_text

FOLDERS = ("exercises", "lessons")
FEWEST_WORDS = 5  # of a teacher's reason; fewer may stand anywhere


def leaks(course: Path, *units: Unit) -> list[str]:
    """Where a reason of any key, or a label of an item that one of these units asks, stands where students look.

    An alternative counts like the key's own label: no label at all may stand beside an asked item.
    """
    problems = _reason_leaks(course)
    for path, strings, cells in _student_files(course):
        where = path.relative_to(course)
        own = _own(cells, path) if path.suffix == ".ipynb" else None
        for unit in units:
            for text, layer in unit.keys:
                kind = kind_of(layer, read_text(text))
                if kind.scheme is None:
                    continue  # no labels; the answer cells themselves are looked at below
                asked = {item for task, part in _parts(unit) if (part.text.name, task.layer) == (text, layer) for item in part.asked}
                line = _line_of(asked, kind.scheme.names)
                about = _about(strings, own, layer, text)
                found = {(m[1], m[2].lower()) for s in about for m in line.finditer(_rows_as_lines(s))}
                problems += [f"{where} holds a label of an asked sentence: {item}: {label}" for item, label in sorted(found)]
            problems += _filled_cells(where, cells, own, unit)
    return problems


def _reason_leaks(course: Path) -> list[str]:
    """Where a reason of any key under solutions/keys/ stands under exercises/ or lessons/, or one of a teacher that is no common phrase."""
    accepted = [one for one in overrides_of(course) if len(one.because.split()) >= FEWEST_WORDS]
    reasons = {_squeeze(one.because): f"{one.text}/{FILE}, {one.item}" for one in accepted}
    for path in sorted(path for path in (course / "solutions" / "keys").rglob("*.csv") if path.name != FILE):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if reason := row.get("reason"):
                    reasons[_squeeze(reason)] = f"{path.parent.name}/{path.name}, {row.get('item')}"
    problems = []
    for path, strings, _ in _student_files(course):
        squeezed = [_squeeze(s) for s in strings]
        told = [key for reason, key in reasons.items() if any(reason in s for s in squeezed)]
        problems += [f"{path.relative_to(course)} holds the reason of a key: {key}" for key in told]
    return problems


def _student_files(course: Path) -> Iterator[tuple[Path, list[str], list[Mapping[str, Any]]]]:
    """Every file that students get, with the strings and the cells in it."""
    for path in sorted(path for folder in FOLDERS for path in (course / folder).rglob("*") if path.is_file()):
        content = path.read_text(encoding="utf-8", errors="replace")
        content = unescape(content) if path.suffix == ".html" else content
        notebook = json.loads(content) if path.suffix == ".ipynb" else None
        yield path, [content] if notebook is None else _strings(notebook), cells_of(notebook)


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


def _about(strings: list[str], own: str | None, layer: str, text: str) -> list[str]:
    """Strings about this layer of this text: all of a notebook that opens it, and of a file that is none, else those that name it.

    Answer cells of another layer or text are left out: they may hold a label of the same name.
    """
    own = text if own is None else own
    named = strings if own == text else [s for s in strings if text in s]
    return [s for s in named if (header := read_header(s)) is None or (header[0], header[1] or own) == (layer, text)]


def _own(cells: list[Mapping[str, Any]], path: Path) -> str:
    """The text that a notebook opens, or "" where it opens none."""
    try:
        return own_text(cells, path.stem).name
    except UnitProblem:
        return ""


def _filled_cells(where: Path, cells: list[Mapping[str, Any]], own: str | None, unit: Unit) -> list[str]:
    """Answer cells in which an asked line is filled: labels, numbers, copied words, whatever the kind."""
    problems = []
    for cell in cells:
        header = read_header(source_of(cell))
        for task, part in _parts(unit):
            if header and header[0] == task.layer and (header[1] or own) == part.text.name:
                filled = _filled(source_of(cell), task, part)
                problems += [f"{where} holds an answer to an asked item: {task.layer}, {item}" for item in filled]
    return problems


def _filled(source: str, task: Task, part: Part) -> list[str]:
    if task.layer in RECIPES:
        numbers, _ = read_numbers(source, RECIPES[task.layer].names(part.text))
        return [name for name, number in numbers.items() if name in part.asked and number.value is not None]
    return [item for item, answer in task.kind(part).read(source).rows.items() if item in part.asked and answer.label]


def _parts(unit: Unit) -> Iterator[tuple[Task, Part]]:
    yield from ((task, part) for task in unit.tasks for part in task.parts)


def _strings(notebook: Any) -> list[str]:
    """Every string of a notebook, with lists of lines joined: sources, outputs, metadata."""
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

    walk(notebook)
    return found


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
