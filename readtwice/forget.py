"""Forgetting a term: its hand-ins and names are deleted, its course stays."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from readtwice.course import CONFIG, FOLDERS, CannotDo, is_course
from readtwice.marked_before import marked_before

WORK = ("submitted", "autograded", "feedback", "downloaded", "print-for-the-teacher", ".readtwice", ".ipynb_checkpoints")  # folders
NAMED = re.compile(
    r"grades.*\.csv|.*-filled(-\d+)?\.csv|who\.csv|class-report.*\.html|feedback.*\.zip|gradebook\.db.*|.*\.log|.*\.part", re.IGNORECASE
)
KEPT = {*FOLDERS, CONFIG, "print", "scale.csv", "class.csv", "README.txt", "TEACHING.md", "LICENSE"}


@dataclass
class Term:
    """What a course folder holds of a term: the names, what would go, and what stays that nobody knows here."""

    folder: Path
    students: set[str] = field(default_factory=set)
    going: list[Path] = field(default_factory=list)  # files, links and folders in the course folder itself
    files: int = 0
    strange: list[str] = field(default_factory=list)  # stays, and may hold hand-ins


def look(folder: Path) -> Term:
    """What of a term lies in a course folder; raises CannotDo where it is none. No link is followed."""
    folder = folder.resolve()
    if not is_course(folder):
        raise CannotDo(f"{folder} is no course folder, so nothing in it is touched. A course folder holds {CONFIG} and solutions/")
    term = Term(folder)
    for path in sorted(folder.iterdir()):
        if path.name in WORK or (NAMED.fullmatch(path.name) and (path.is_symlink() or path.is_file())):
            term.going.append(path)
            term.files += sum(not one.is_dir() or one.is_symlink() for one in _inside(path))
        elif path.name not in KEPT and not path.name.startswith("."):
            term.strange.append(path.name)
    for name in ("submitted", "autograded", "feedback"):
        place = folder / name
        if place.is_dir() and not place.is_symlink():
            term.students |= {path.name for path in place.iterdir() if path.is_dir() and not path.name.startswith(".")}
    if not (folder / ".readtwice").is_symlink():
        term.students |= {student for student, _ in marked_before(folder)}
    return term


def forget(term: Term) -> None:
    """Delete what was found; where that was broken off, it can be done again."""
    for path in term.going:
        for one in _inside(path):
            if one.is_dir() and not one.is_symlink():
                one.rmdir()
            else:
                if not one.is_symlink():
                    one.chmod(stat.S_IWUSR | stat.S_IRUSR)  # Windows deletes no file that is read-only
                one.unlink(missing_ok=True)


def forget_gradebook(term: Term, db: str = "") -> int:
    """Take the term's students out of a gradebook that lies outside the folder; how many went.

    Raises CannotDo, before anything is deleted, where the gradebook holds other students' hand-ins
    or another course's units, and GradebookProblem.
    """
    from readtwice.gradebook import address, open_gradebook, said_plainly
    from readtwice.units import unit_names

    where = address(term.folder, db)
    if is_inside(where, term.folder):
        return 0
    with said_plainly(), open_gradebook(term.folder, db) as gradebook:
        units = set(unit_names(term.folder))
        others = {one.name for one in gradebook.assignments if one.submissions} - units
        students = {one.id: bool(one.submissions) for one in gradebook.students}
        strangers = {name for name, handed_in in students.items() if handed_in} - term.students
        if others or strangers:
            n = len(strangers)
            held = f"{n} student{'' if n == 1 else 's'} who never handed in here" if strangers else f"the units {', '.join(sorted(others))}"
            shown = gradebook.engine.url.render_as_string(hide_password=True)
            raise CannotDo(
                f"the gradebook at {shown} is not this course's alone: it holds {held}. Nothing was deleted. "
                "Take your students out one by one with  nbgrader db student remove NAME --force  and run this again"
            )
        for student in students:
            gradebook.remove_student(student)
        return len(students)


def is_inside(address: str, folder: Path) -> bool:
    """Whether a gradebook's address is a file in a folder itself, where it is deleted as a file."""
    path = Path(address.removeprefix("sqlite:///"))
    return address.startswith("sqlite:///") and path.resolve().parent == folder and bool(NAMED.fullmatch(path.name))


def _inside(path: Path) -> Iterator[Path]:
    """A path with all that lies in it, each before the folder that holds it."""
    if path.is_dir() and not path.is_symlink():
        for inside in sorted(path.iterdir()):
            yield from _inside(inside)
    yield path
