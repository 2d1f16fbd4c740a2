"""Printing a course: worksheets and answer sheets for students, and apart from them the keys and tables for the teacher."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from readtwice.answer_sheet import answer_sheet
from readtwice.build import replace_file
from readtwice.collect import TYPED
from readtwice.course import CannotDo
from readtwice.paper_key import paper_key
from readtwice.spreadsheets import lines_of
from readtwice.typed import blank_table
from readtwice.units import read_unit, unit_names
from readtwice.worksheet import worksheet

STUDENTS, TEACHER = "print", "print-for-the-teacher"


def print_units(course: Path, names: Sequence[str], to: Path) -> tuple[list[Path], list[Path]]:
    """Write the sheets of these units, or of all, below `to`: the files written, and tables left alone because somebody typed into them.

    Raises CannotDo for a unit that there is not, UnitProblem and KeyProblem, before anything is written.
    """
    units = [read_unit(course, name) for name in _chosen(unit_names(course), names)]
    files: dict[Path, bytes] = {}
    tables: dict[Path, bytes] = {}
    for unit in units:
        table = to / TEACHER / f"{unit.name}{TYPED}"
        files[to / STUDENTS / f"{unit.name}-worksheet.html"] = worksheet(unit).encode()
        files[to / STUDENTS / f"{unit.name}-answers.html"] = answer_sheet(unit).encode()
        files[to / TEACHER / f"{unit.name}-key.html"] = paper_key(unit, f"{TEACHER}/{table.name}").encode()
        tables[table] = blank_table(unit)
    kept = [path for path in tables if _typed_into(path)]
    for path, content in {**files, **{path: content for path, content in tables.items() if path not in kept}}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)
    return [path for path in (*files, *tables) if path not in kept], kept


def _chosen(there: Sequence[str], names: Iterable[str]) -> list[str]:
    """The units that are meant; the number of a unit is enough."""
    chosen = []
    for name in names:
        found = [unit for unit in there if unit == name or unit.partition("-")[0] == name]
        if not found:
            raise CannotDo(f"there is no unit “{name}” in this course. There are: {', '.join(there)}")
        chosen += found
    if not there:
        raise CannotDo("there is no unit in this course: solutions/ holds no master")
    return sorted(set(chosen)) or list(there)


def _typed_into(path: Path) -> bool:
    """Whether a table holds anything below its heads, or is no table at all; such a file is somebody's work."""
    try:
        return any(any(cell.strip() for cell in row) for row in lines_of(path.read_bytes())[1:])
    except FileNotFoundError:
        return False
    except csv.Error:
        return True
