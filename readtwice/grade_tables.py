"""The tables that teachers download from a platform: where the students stand in them, and where the grades go.

Moodle's grading worksheet is written by mod/assign/gradingtable.php and read by
mod/assign/feedback/offline/importgradeslib.php: it looks for the headings Identifier, Grade and Last
modified (grade), takes the number at the end of “Participant 4711”, and passes over a grade above the
maximum. Headings are in the site's language. Canvas's gradebook is read by lib/gradebook_importer.rb:
first Student and ID (or LastName, FirstName and ID), Section before the assignments, a row “Points
Possible”; a heading that names no assignment makes a new one, so nothing is added there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from readtwice.course import CannotDo
from readtwice.rows import Row
from readtwice.whose import CANVAS, MOODLE

NAMES = ("student", "students", "name", "full name", "fullname", "student name", "pupil", "learner")
FIRST = ("first name", "firstname", "given name", "vorname")
LAST = ("last name", "lastname", "surname", "family name", "nachname")
_PARTICIPANT = re.compile(r"([^\W\d_]+(?:[ /][^\W\d_]+)*)\s?(\d{1,12})")  # in whatever language
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?")
_NO_ASSIGNMENT = re.compile(r"(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")
_TEST_STUDENT = "Student, Test"


@dataclass(frozen=True)
class Layout:
    """How a table is laid out: its platform ("" for a plain table), the lines with students, and the columns for grades.

    `named` are the places of the columns with names, `columns` heading and place of each column that
    can take a grade; `maximum` is what the platform gives at most, by line and column.
    """

    platform: str
    students: dict[int, Row]
    named: tuple[int, ...]
    columns: dict[str, int] = field(default_factory=dict)
    maximum: dict[tuple[int, int], float] = field(default_factory=dict)


def layout_of(lines: Sequence[Sequence[str]]) -> Layout:
    """How a table is laid out; raises CannotDo where it has no column for names or no place for a grade."""
    if len(lines) < 2:
        raise CannotDo("this table has no rows below its heading")
    return _moodle(lines) or _canvas(lines) or _plain(lines)


def letters(said: str) -> str:
    """Letters and digits of a name, to compare headings by."""
    return re.sub(r"[\W_]+", "", said.casefold())


def as_number(said: str) -> float | None:
    """A number with a point or a comma; None where it is none."""
    return float(said.strip().replace(",", ".")) if _NUMBER.fullmatch(said.strip()) else None


def _moodle(lines: Sequence[Sequence[str]]) -> Layout | None:
    head = [name.strip().casefold() for name in lines[0]]
    body = {n: line for n, line in enumerate(lines) if n and any(line)}
    if not body:
        return None
    english = "identifier" in head and "grade" in head
    at = head.index("identifier") if english else 0
    numbers = {n: _PARTICIPANT.fullmatch(line[at].strip()) for n, line in body.items()}
    if not all(numbers.values()) or len({found[1] for found in numbers.values()}) > 1:
        return None
    same = [c for c in range(2, len(head)) if len({line[c] for line in body.values()}) == 1 and as_number(next(iter(body.values()))[c])]
    if english:
        grade = head.index("grade")
        most = head.index("maximum grade") if "maximum grade" in head else grade + 1
    elif same:  # the maximum is the same in every row, and stands behind the grade
        most, grade = same[0], same[0] - 1
    else:
        return None
    maximum = {(n, grade): top for n, line in body.items() if (top := as_number(line[most]))}
    if not maximum:
        raise CannotDo(
            "this worksheet has no maximum grade: the assignment is graded in words. Set its grade to points, and download it again"
        )
    hidden = english and "full name" not in head  # then numbers alone say who it is
    rows = {n: Row("" if hidden else line[at + 1], numbers[n][2], tuple(c for c in line if "@" in c)) for n, line in body.items()}
    return Layout(MOODLE, rows, () if hidden else (at + 1,), {lines[0][grade]: grade}, maximum)


def _canvas(lines: Sequence[Sequence[str]]) -> Layout | None:
    head = lines[0]
    parted = len(head) > 3 and head[0] == "LastName" and head[1] == "FirstName"
    own = 2 if parted else 1
    section = next((c for c, name in enumerate(head) if "Section" in name), 0)
    if section <= own or "ID" not in head[own] or not (parted or "Student" in head[0]):
        return None
    possible = next((line for line in lines[1:] if "Points Possible" in line[0]), [""] * len(head))
    columns = {
        name: c
        for c, name in enumerate(head)
        if c > section and name.strip() and not _NO_ASSIGNMENT.search(name) and "read only" not in possible[c]
    }
    rows = {}
    for n, line in enumerate(lines):
        name = f"{line[0]}, {line[1]}" if parted and any(line) else "".join(line[:1])
        if n and name.strip(", ") and "Points Possible" not in line[0] and name != _TEST_STUDENT:
            rows[n] = Row(name, line[own].strip(), tuple(line[own + 1 : section]))
    maximum = {(n, c): top for c in columns.values() if (top := as_number(possible[c])) for n in rows}
    return Layout(CANVAS, rows, (0, 1) if parted else (0,), columns, maximum)


def _plain(lines: Sequence[Sequence[str]]) -> Layout:
    head = [name.strip().casefold() for name in lines[0]]
    names, first, last = (_first(head, known) for known in (NAMES, FIRST, LAST))
    if names is None and (first is None or last is None):
        raise CannotDo(
            f"no column of this table says whose the rows are. Head one “student” or “name”, or two “first name” and “last name”; "
            f"its headings are: {', '.join(lines[0])}"
        )
    known = [c for c, name in enumerate(head) if re.search(r"mail|login|user|id number", name)]
    rows = {}
    for n, line in enumerate(lines):
        name = line[names] if names is not None and any(line) else f"{line[last]}, {line[first]}" if any(line) else ""
        if n and name.strip(", "):
            rows[n] = Row(name, "", tuple(line[c] for c in known))
    return Layout("", rows, tuple(c for c in (names, first, last) if c is not None), {name: c for c, name in enumerate(lines[0])})


def _first(head: Sequence[str], known: Iterable[str]) -> int | None:
    return next((head.index(name) for name in known if name in head), None)
