"""Whose a file is: what its path says, in nbgrader's tree or in a learning platform's download, or what a teacher's table says."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath

from readtwice.build import replace_file
from readtwice.spreadsheets import in_unicode, lines_of

FILE = "who.csv"  # in the course folder, where no student can put a file
COURSE_FOLDERS = ("exercises", "lessons", "solutions", "submitted")  # in a student's copy of the course; nobody's name
COLUMNS = ("file", "student")
MOST_TOGETHER = 10  # students who hand in one file
AND = " & "  # between the names of those who handed in together
_MOODLE = re.compile(r"([^/]{1,200}?)_(\d{1,12})_assignsubmission_(?:file|onlinetext)_?")
_CANVAS = re.compile(r"([^_/]{1,100})_(?:LATE_)?(\d{1,12})_\d{1,12}_")
MOODLE, CANVAS = "moodle", "canvas"
_DEVICE = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


class WhoProblem(ValueError):
    """The table of who handed in what cannot be used; the message says why."""


def whose(inside: PurePosixPath, units: Collection[str]) -> tuple[str, str, str]:
    """Student, unit and the platform's number that a path names, each "" where it names none.

    …/anna/1-whose-voice/1-whose-voice.ipynb and anna.ipynb say a name; so do Moodle's folders and
    files (Anna Berg_4711_assignsubmission_file_…) and Canvas's (berganna_4711_8915_…), with a number
    that tells apart two students of one name. Two names with & or + between them are kept so.
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
        own = next((part for part in reversed(folders) if part not in units and part not in COURSE_FOLDERS), "")
    return AND.join(names_in(own)), unit, ""


def on_platform(where: str) -> tuple[str, str]:
    """Which platform named a file so, and the part of the name by which it knows the hand-in again; "" where none did.

    Moodle: mod/assign/classes/downloader.php writes it, feedback/file/importziplib.php reads it back.
    Canvas: lib/content_zipper.rb writes it, generate_comments_from_files of an assignment reads it back.
    """
    path = PurePosixPath(where)
    for part in (path.stem, *reversed(path.parts[:-1])):
        if found := _MOODLE.match(part):
            return MOODLE, f"{found[1]}_{found[2]}_assignsubmission_file_"
    found = _CANVAS.match(path.stem)
    return (CANVAS, found[0]) if found else ("", "")


def names_in(said: str) -> tuple[str, ...]:
    """The students who handed in together, each as it may stand in a path: “Anna Ash & Ben Birch”, “Anna + Ben”.

    The words “and”, “und” or “y” part no names: they stand in some. Nor does a + in an address.
    """
    parts = [said] if "@" in said else re.split(r"[&+＆]", said)
    names = tuple(dict.fromkeys(filter(None, map(safe_name, parts))))
    return (
        names
        if len(names) <= MOST_TOGETHER and all(re.search(r"[^\W\d_]", name) for name in names)
        else tuple(filter(None, [safe_name(said)]))
    )


def safe_name(name: str) -> str:
    """A student's name as it may stand in a path: letters with their marks, digits, and . _ @ - between them.

    However é is spelt, as one character or as two, the name is the same. Windows keeps a few names for devices.
    """
    name = "".join(
        c if c.isalnum() or c in "._@-" or unicodedata.category(c)[0] == "M" else " " for c in unicodedata.normalize("NFC", name)
    )
    name = re.sub(" +", "_", name).strip("._").encode("utf-8", "ignore")[:120].decode("utf-8", "ignore").rstrip("._")
    return _DEVICE.sub(r"\1-", name)


def in_the_alphabet(name: str) -> tuple[str, str]:
    """What names are sorted by: Émile stands between David and Fatma, whatever the case."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c)), name


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
    if not in_unicode(content):
        raise WhoProblem(f"{FILE} is not in UTF-8, so names in it cannot be read. Save it as CSV (UTF-8)")
    if not rows or [name.strip().casefold() for name in rows[0][:2]] != list(COLUMNS):
        raise WhoProblem(f"{FILE}: its first line must be  {','.join(COLUMNS)}")
    who = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        student = AND.join(names_in(row[1])) if len(row) > 1 else ""
        if not student:
            raise WhoProblem(f"{FILE}, line {number}: there is no student behind “{row[0]}”")
        if "?" in row[1]:
            raise WhoProblem(f"{FILE}, line {number}: a letter of “{row[1]}” was lost. Correct it, and save the table as CSV (UTF-8)")
        who[unicodedata.normalize("NFC", row[0].strip().replace("\\", "/"))] = student
    return who


def write_who(course: Path, who: Mapping[str, str]) -> None:
    """Write the teacher's table, whole."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerows([COLUMNS, *who.items()])
    replace_file(course / FILE, file.getvalue().encode())
