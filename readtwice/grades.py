"""Grades: tables of points, percent and marks, one row a student and one row an item."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readtwice.build import replace_file
from readtwice.mark_batch import Standing
from readtwice.numbers import RECIPES
from readtwice.places import marks_of
from readtwice.scale import Scale
from readtwice.spreadsheets import no_formula
from readtwice.units import Unit
from readtwice.whose import in_the_alphabet

UNITS, ITEMS = "grades-units.csv", "grades-items.csv"
ITEM_COLUMNS = ("student", "unit", "layer", "text", "item", "answer", "credit", "detail credit", "why")
Standings = Mapping[tuple[str, str], Standing]


@dataclass(frozen=True)
class Grade:
    """What a hand-in earned: points so far, of how many, and how many written answers wait to be marked by hand."""

    points: float
    of: float
    waiting: int = 0

    @property
    def percent(self) -> float | None:
        """Percent of the points; None while an answer waits, since what is not marked yet would count as nothing."""
        return None if self.waiting or not self.of else 100 * max(0.0, self.points) / self.of

    def mark(self, scale: Scale | None) -> str:
        return "" if scale is None or self.percent is None else scale.mark(self.percent)

    @property
    def waits(self) -> str:
        """“waits for 2 written answers”, or "" where nothing waits."""
        return f"waits for {self.waiting} written answer{'' if self.waiting == 1 else 's'}" if self.waiting else ""


def grade_of(standing: Standing, unit: Unit) -> Grade:
    return Grade(standing.points, unit.points, len(standing.pending))


def together(grades: Iterable[Grade]) -> Grade:
    """The grades of several units as one: what was not handed in is not among them and counts neither way."""
    grades = list(grades)
    return Grade(sum(g.points for g in grades), sum(g.of for g in grades), sum(g.waiting for g in grades))


def number(value: float | None, decimals: int = 2) -> str:
    """A number as short as it can be written: 17.5, 18; "" for None."""
    return "" if value is None else f"{round(value, decimals):.{decimals}f}".rstrip("0").rstrip(".")


def unit_rows(standings: Standings, units: Mapping[str, Unit], scale: Scale | None) -> list[list[Any]]:
    """A heading, and a row for each student who handed anything in.

    A unit that a student did not hand in stays empty and is left out of the sum, so the sum says how
    good the work is that was done; the last column names what is missing. While a written answer
    waits, percent and mark stay open. Only units that bring points and that anybody handed in have columns.
    """
    names = [name for name in units if units[name].points and any(unit == name for _, unit in standings)]
    per_unit = ("points", "percent", "mark") if scale else ("points", "percent")
    total = ("points", "of", "percent", "mark") if scale else ("points", "of", "percent")
    rows: list[list[Any]] = [["student", *(f"{n} {what}" for n in names for what in per_unit), *total, "waits", "not handed in"]]
    for student in sorted({student for student, _ in standings}, key=in_the_alphabet):
        grades = {n: grade_of(standings[student, n], units[n]) for n in names if (student, n) in standings}
        row: list[Any] = [student]
        for name in names:
            row += _cells(grades[name], scale, ()) if name in grades else [""] * len(per_unit)
        whole = together(grades.values())
        row += _cells(whole, scale, (number(whole.of),))
        waits = "; ".join(f"{name}: {grade.waits}" for name, grade in grades.items() if grade.waits)
        rows.append([*row, waits, "; ".join(name for name in names if name not in grades)])
    return rows


def _cells(grade: Grade, scale: Scale | None, of: tuple[str, ...]) -> list[str]:
    return [number(grade.points), *of, number(grade.percent, 1), *([grade.mark(scale)] if scale else [])]


def item_rows(course: Path, standings: Standings, units: Mapping[str, Unit]) -> Iterator[Sequence[Any]]:
    """A heading, and a row for each student, unit and asked item: the label, its credit from 0 to 1, and why.

    Where the answer is no label but a student's own words or number, the column answer stays empty.
    """
    yield ITEM_COLUMNS
    for student, name in sorted(standings, key=lambda who: (in_the_alphabet(who[0]), who[1])):
        marked = marks_of(course, (student, name), units[name])
        for task in units[name].tasks:
            counted = task.layer in RECIPES
            scheme = None if counted else task.kind(task.parts[0]).scheme
            places = {task.name(part, item): (part.text.name, item) for part in task.parts for item in part.asked}
            for row in marked[task.test].rows:
                text, item = places.get(row.item, (task.text.name, row.item))
                said = row.answer if scheme and row.answer in scheme.names else ""
                yield student, name, task.layer, text, item, said, number(row.credit), number(row.detail_credit), row.why


def write_table(path: Path, rows: Iterable[Sequence[Any]], delimiter: str = ",") -> None:
    """Put a table in its place, whole, safe to open in a spreadsheet."""
    replace_file(path, table(([no_formula(cell) for cell in row] for row in rows), delimiter))


def table(rows: Iterable[Sequence[Any]], delimiter: str = ",") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return file.getvalue().encode("utf-8-sig")  # with its mark, spreadsheets read names rightly
