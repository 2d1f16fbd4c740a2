"""Whose a file is: what its path says, in nbgrader's tree or in a learning platform's download, or what a teacher's table says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath

from readtwice.build import replace_file
from readtwice.spreadsheets import lines_of

FILE = "who.csv"  # in the course folder, where no student can put a file
COLUMNS = ("file", "student")
_MOODLE = re.compile(r"([^/]{1,200}?)_(\d{1,12})_assignsubmission_(?:file|onlinetext)_?")
_CANVAS = re.compile(r"([^_/]{1,100})_(?:LATE_)?(\d{1,12})_\d{1,12}_")
_DOWNLOADED_AGAIN = re.compile(r"(?:\(\d{1,2}\)|-\d{1,2})$")  # what a browser or Canvas adds to a second file of one name


class WhoProblem(ValueError):
    """The table of who handed in what cannot be used; the message says why."""


def whose(inside: PurePosixPath, units: Collection[str]) -> tuple[str, str, str]:
    """Student, unit and the platform's number that a path names, each "" where it names none.

    …/anna/1-whose-voice/1-whose-voice.ipynb and anna.ipynb say a name; so do Moodle's folders and
    files (Anna Berg_4711_assignsubmission_file_…) and Canvas's (berganna_4711_8915_…), with a number
    that tells apart two students of one name.
    """
    folders, stem = inside.parts[:-1], inside.stem
    unit = next((part for part in reversed(folders) if part in units), "")
    unit = unit or next((name for name in units if name in stem), "")
    for part in (stem, *reversed(folders)):
        if found := _MOODLE.match(part):
            return safe_name(found[1]), unit, found[2]
    if found := _CANVAS.match(stem):
        return safe_name(found[1]), unit, found[2]
    rest = stem.replace(unit, "") if unit else stem
    own = re.sub(r"\(\d{1,2}\)$", "", rest.rstrip()).strip(" _.-()")
    if not own:
        own = next((part for part in reversed(folders) if part not in units), "")
    return safe_name(own), unit, ""


def safe_name(name: str) -> str:
    """A student's name as it may stand in a path: letters, digits, and . _ @ - between them."""
    name = re.sub(r"[^\w.@-]+", "_", name).strip("._")
    return name.encode("utf-8", "ignore")[:120].decode("utf-8", "ignore").rstrip("._")


def same_names(named: Iterable[tuple[str, str, str]]) -> set[str]:
    """Names that two students of one unit share, going by (student, unit, number)."""
    numbers: dict[tuple[str, str], set[str]] = {}
    for student, unit, number in named:
        if number:
            numbers.setdefault((student, unit), set()).add(number)
    return {student for (student, _), told in numbers.items() if len(told) > 1}


def read_who(course: Path) -> dict[str, str]:
    """The teacher's table who.csv as file to student; empty where there is none. Raises WhoProblem."""
    try:
        content = (course / FILE).read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise WhoProblem(f"{FILE} could not be read ({error.strerror})") from error
    try:
        rows = lines_of(content)
    except csv.Error as error:
        raise WhoProblem(f"{FILE} is no table. Save it as CSV with the columns {' and '.join(COLUMNS)}") from error
    if not rows or [name.strip().casefold() for name in rows[0][:2]] != list(COLUMNS):
        raise WhoProblem(f"{FILE}: its first line must be  {','.join(COLUMNS)}")
    who = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        student = safe_name(row[1]) if len(row) > 1 else ""
        if not student:
            raise WhoProblem(f"{FILE}, line {number}: there is no student behind “{row[0]}”")
        who[row[0].strip().replace("\\", "/")] = student
    return who


def write_who(course: Path, who: Mapping[str, str]) -> None:
    """Write the teacher's table, whole."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerows([COLUMNS, *who.items()])
    replace_file(course / FILE, file.getvalue().encode())
