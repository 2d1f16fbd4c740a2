"""Filling in: the grades of a class into the table that the teacher downloaded, beside it under a new name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from readtwice.build import replace_file
from readtwice.course import CannotDo
from readtwice.grade_tables import Layout, as_number, layout_of, letters
from readtwice.grades import Grade, Standings, grade_of, number, together
from readtwice.marked_before import Before
from readtwice.rows import owners
from readtwice.scale import Scale
from readtwice.spreadsheets import delimiter_of, in_unicode, is_utf_16, lines_of, no_formula
from readtwice.units import Unit
from readtwice.whose import CANVAS, MOODLE

SUM = "sum"
MOST_NAMES = 6  # in one note
_SHORTENED = re.compile(r"\d[.,]\d+E\+\d{2,3}")
EMPTY = ("", "-")  # what a platform writes where there is no grade yet


@dataclass
class Filled:
    """What came of filling in: the file (the old one where no grade was filled in), the platform, and what a teacher has to know."""

    path: Path
    platform: str
    units: list[str]
    of: int  # rows with a student
    grades: dict[str, int] = field(default_factory=dict)  # by unit, how many rows were filled in
    notes: list[str] = field(default_factory=list)


def fill_in(
    path: Path, standings: Standings, units: Mapping[str, Unit], before: Mapping[tuple[str, str], Before], scale: Scale | None, unit: str
) -> Filled:
    """Fill a platform's table with points, scaled to its maximum, and write it under a new name beside it.

    A plain table gets columns: points, percent and mark of each unit. Whose row it is cannot be
    guessed, and what waits for a written answer is left as it stands: both are named. Raises
    CannotDo where the table cannot be used; nothing is written then.
    """
    content = _read(path)
    lines = lines_of(content)
    width = max(map(len, lines), default=0)
    lines = [line + [""] * (width - len(line)) for line in lines]
    layout = layout_of(lines)
    units = {name: one for name, one in units.items() if one.points and any(name == which for _, which in standings)}
    if not units:
        raise CannotDo("nothing that brings points has been marked yet. Mark the hand-ins first:  readtwice mark")
    places = _places(path, layout, list(units), before, unit)
    comma = delimiter_of(content) == ";" or any(
        "," in line[c] and as_number(line[c]) is not None for line in lines[1:] for c in range(width)
    )
    filled = Filled(path, layout.platform, list(places), len(layout.students))
    if layout.platform:
        for name, column in places.items():
            _fill_column(lines, layout, column, units[name], _of_unit(standings, units[name]), before, comma, filled)
    else:
        _add_columns(lines, layout, {name: units[name] for name in places}, standings, before, scale, comma, filled)
    for n in layout.students:
        for c in layout.named:
            lines[n][c] = no_formula(lines[n][c])
    filled.notes += _damaged(lines)
    if any(filled.grades.values()):
        filled.path = _write(path, content, lines)
    return filled


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise CannotDo(f"there is no table at {path}")
    content = path.read_bytes()
    if content[:2] == b"PK":
        raise CannotDo(f"{path.name} is a spreadsheet program's own file. Save it as CSV (UTF-8) and name that")
    try:
        lines = lines_of(content)
    except (csv.Error, UnicodeDecodeError) as error:
        raise CannotDo(f"{path.name} is no table. Save it as CSV (UTF-8) and name that") from error
    if not in_unicode(content) or any("\ufffd" in cell for line in lines for cell in line):
        raise CannotDo(f"{path.name} is not in UTF-8, so names in it cannot be read. Save it as CSV (UTF-8) and name that")
    return content


def _places(path: Path, layout: Layout, units: list[str], before: Mapping[tuple[str, str], Before], unit: str) -> dict[str, int]:
    """The units to fill in, and the column of each; raises CannotDo where that cannot be known."""
    if unit and unit not in units:
        raise CannotDo(f"no hand-in on “{unit}” has been marked. Marked are: {', '.join(units)}")
    if layout.platform == MOODLE:
        return {unit or _unit_of_worksheet(path, layout, units, before): next(iter(layout.columns.values()))}
    if layout.platform == CANVAS:
        return _assignments(layout, [unit] if unit else units, bool(unit))
    return dict.fromkeys([unit] if unit else units, 0)


def _unit_of_worksheet(path: Path, layout: Layout, units: list[str], before: Mapping[tuple[str, str], Before]) -> str:
    """A worksheet is one assignment's: its participants' numbers say which, else its name does."""
    numbers = {row.number for row in layout.students.values()}
    by_number = {name for (_, name), one in before.items() if one.number in numbers and name in units}
    by_name = {name for name in units if _stands_in(name, path.stem)}
    for found in (by_number, by_name, set(units)):
        if len(found) == 1:
            return found.pop()
    raise CannotDo(f"{path.name} does not say which unit it is for. Name it:  --unit {units[0]}  (marked are: {', '.join(units)})")


def _assignments(layout: Layout, units: list[str], named: bool) -> dict[str, int]:
    found = {name: [heading for heading in layout.columns if _stands_in(name, heading)] for name in units}
    if doubled := next((name for name, headings in found.items() if len(headings) > 1), ""):
        raise CannotDo(
            f"{len(found[doubled])} columns are named after {doubled}: {', '.join(found[doubled])}. Take all but one out of the table"
        )
    places = {name: layout.columns[headings[0]] for name, headings in found.items() if headings}
    if not places and named and len(layout.columns) == 1:
        return {units[0]: next(iter(layout.columns.values()))}
    if not places:
        raise CannotDo(
            "no assignment of this table is named after a unit. Write the unit's name into the heading of its column, before the number "
            f"in brackets, such as  {units[0]} (12345).  The columns are: {', '.join(layout.columns) or 'none'}; "
            f"the units are: {', '.join(units)}"
        )
    return places


def _stands_in(unit: str, said: str) -> bool:
    """Whether a unit's name, with or without its number, stands in a heading or file name."""
    bare = letters(re.sub(r"^\d+\W", "", unit))
    return bool(bare) and bare in letters(said)


def _of_unit(standings: Standings, unit: Unit) -> dict[str, Grade]:
    return {student: grade_of(standing, unit) for (student, name), standing in standings.items() if name == unit.name}


def _fill_column(lines, layout: Layout, column: int, unit: Unit, grades: Mapping[str, Grade], before, comma: bool, filled: Filled) -> None:
    whose = _owners(layout, list(grades), before, unit.name, filled)
    tops = {layout.maximum[n, column] for n in layout.students if (n, column) in layout.maximum}
    if tops - {unit.points}:
        filled.notes.append(
            f"{unit.name} has {number(unit.points)} points, this table gives at most {number(max(tops))}: points were scaled"
        )
    waiting: dict[str, list[str]] = {}
    filled.grades[unit.name] = 0
    for n, student in whose.items():
        grade = grades[student]
        if grade.percent is None:
            waiting.setdefault(grade.waits, []).append(layout.students[n].name or student)
            continue
        top = layout.maximum.get((n, column), unit.points)
        value = number(grade.percent / 100 * top)
        if layout.platform == MOODLE and float(value) > top:
            filled.notes.append(f"{layout.students[n].name or student}: {value} is more than the maximum, and Moodle passes over it")
        was = lines[n][column].strip()
        if was not in EMPTY and as_number(was) != float(value):
            filled.notes.append(f"{layout.students[n].name or student}: {was} stood in the table, {value} stands in the new one")
        lines[n][column] = value.replace(".", ",") if comma else value
        filled.grades[unit.name] += 1
    filled.notes += [
        f"{unit.name} {waits}, so nothing was filled in for {_some(names)}. Mark it with  readtwice formgrader"
        for waits, names in waiting.items()
    ]


def _some(names: Sequence[str]) -> str:
    """Names as a sentence has them: all of a few, of many the first and how many more."""
    shown = names if len(names) <= MOST_NAMES else names[: MOST_NAMES - 1]
    return "; ".join(shown) + (f" and {len(names) - len(shown)} more" if len(shown) < len(names) else "")


def _damaged(lines: Sequence[Sequence[str]]) -> list[str]:
    """A note for each column in which a spreadsheet has shortened long numbers, as it does with a platform's ids."""
    columns = dict.fromkeys(c for line in lines[1:] for c, cell in enumerate(line) if _SHORTENED.fullmatch(cell))
    return [
        f"the column “{lines[0][c]}” holds numbers like {next(line[c] for line in lines[1:] if _SHORTENED.fullmatch(line[c]))}: "
        "a spreadsheet has shortened them, and the platform may not know its students again. Fill in the table as it was downloaded"
        for c in columns
    ]


def _add_columns(lines, layout: Layout, units, standings: Standings, before, scale: Scale | None, comma: bool, filled: Filled) -> None:
    grades: dict[str, dict[str, Grade]] = {}
    for name, unit in units.items():
        for student, grade in _of_unit(standings, unit).items():
            grades.setdefault(student, {})[name] = grade
    whose = _owners(layout, list(grades), before, "", filled)
    for name in [*units, *([SUM] if len(units) > 1 else [])]:
        for what in ("points", "percent", "mark") if scale else ("points", "percent"):
            column = layout.columns.get(f"{name} {what}")
            if column is None:
                column = len(lines[0])
                lines[:] = [[*line, ""] for line in lines]
                lines[0][column] = f"{name} {what}"
            for n, student in whose.items():
                grade = together(grades[student].values()) if name == SUM else grades[student].get(name)
                if grade:
                    value = {"points": number(grade.points), "percent": number(grade.percent, 1), "mark": no_formula(grade.mark(scale))}[
                        what
                    ]
                    lines[n][column] = value.replace(".", ",") if comma and what != "mark" else value
    waiting: dict[tuple[str, str], list[str]] = {}
    for name in units:
        filled.grades[name] = sum(name in grades[student] for student in whose.values())
        for student in whose.values():
            if (grade := grades[student].get(name)) and grade.waits:
                waiting.setdefault((name, grade.waits), []).append(student)
    filled.notes += [f"{name} {waits}, so percent and mark are open for {_some(who)}" for (name, waits), who in waiting.items()]


def _owners(layout: Layout, students: list[str], before, unit: str, filled: Filled) -> dict[int, str]:
    """The student of each line that has one; who is in doubt or has no line is named."""
    found, notes = owners(list(layout.students.values()), students, before, layout.platform, unit)
    filled.notes += notes
    taken = set(found)
    filled.notes += [
        f"{student} has marks{f' for {unit}' if unit else ''}, and no row of this table is surely theirs"
        for student in students
        if student not in taken
    ]
    return {n: student for n, student in zip(layout.students, found, strict=True) if student}


def _write(path: Path, content: bytes, lines: list[list[str]]) -> Path:
    """Write the table as it came: its delimiter, its line ends; under a name that nothing else has."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter_of(content), lineterminator="\r\n" if b"\r\n" in content else "\n").writerows(lines)
    marked = content[:3] == b"\xef\xbb\xbf" or is_utf_16(content)
    made = file.getvalue().encode("utf-8-sig" if marked else "utf-8")
    names = (path.with_name(f"{path.stem}-filled{f'-{n}' if n > 1 else ''}.csv") for n in range(1, 1000))
    to = next(name for name in names if not name.exists() or name.read_bytes() == made)
    replace_file(to, made)
    return to
