"""Marking a class: hand-ins in; gradebook, marked notebooks, feedback pages and grades.csv out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from readtwice.build import notebook_bytes, replace_file
from readtwice.cells import Cell, cells_of, grade_id, is_solution, is_written, source_of
from readtwice.collect import Found, Refused, Unreadable, collect, parse
from readtwice.feedback import earned
from readtwice.hand_in import make_inert, mark_tasks, names_of, notes_of, restore
from readtwice.marking import Marks
from readtwice.page import page
from readtwice.units import Unit, UnitProblem, read_notebook, read_unit, unit_names

BATCH = 200


@dataclass(frozen=True)
class Marked:
    """One marked hand-in, before it goes into the gradebook."""

    where: str
    student: str
    unit: Unit
    notebook: Cell
    marks: dict[str, Marks]
    points: dict[str, float | None]
    untouched: frozenset[str]
    notes: tuple[str, ...]
    timestamp: str | None
    beside: Mapping[str, bytes]  # what nbgrader's exchange needs to give the feedback back


@dataclass
class Outcome:
    """What came of a class: points by student and unit, marks to report on, and what needs a human eye."""

    points: dict[tuple[str, str], float] = field(default_factory=dict)
    by_hand: dict[tuple[str, str], int] = field(default_factory=dict)
    marks: dict[tuple[str, str], dict[str, Marks]] = field(default_factory=dict)
    attention: list[tuple[str, str]] = field(default_factory=list)  # (file, why)


def mark_class(source: Path, course: Path, progress: Callable[[int, int], None] = lambda done, of: None) -> Outcome:
    """Mark every hand-in at `source` and write what nbgrader would: no student code runs.

    One bad file never stops the class: it is named in `attention` and the others are marked. The
    gradebook is written first, then the files, each whole, so a killed run can be run again.
    Raises FileNotFoundError, NoCourse, UnitProblem or KeyProblem before anything is written.
    """
    units = {name: read_unit(course, name) for name in unit_names(course)}
    if source.resolve() == course.resolve():
        source = course / "submitted"  # else masters and exercises would be taken for hand-ins
    found = collect(source, units)
    outcome = Outcome()
    from readtwice.gradebook import open_gradebook, save_unit, teachers_config, write_grades

    config = teachers_config(course)
    with open_gradebook(course) as gradebook:
        for unit in units.values():
            try:
                save_unit(gradebook, unit, course)
            except RuntimeError as error:  # nbgrader's word for cells that came or went
                raise UnitProblem(
                    f"{unit.name} has other cells now than when hand-ins were marked with it. "
                    "Give the changed unit a new name, or move gradebook.db away to begin anew"
                ) from error
        done = 0
        for batch in _batches(marked_files(found, units, outcome)):
            for name in sorted({marked.unit.name for marked in batch}):
                _write_unit(gradebook, units[name], [m for m in batch if m.unit.name == name], course, config, outcome)
            done += len(batch)
            progress(done, len(found))
        progress(len(found), len(found))
        write_grades(gradebook, course / "grades.csv")
    return outcome


def marked_files(found: list[Found | Refused], units: dict[str, Unit], outcome: Outcome) -> Iterator[Marked]:
    """Each hand-in of these files, marked, oldest first; what needs a human eye goes into `outcome.attention`."""
    seen: dict[tuple[str, str], str] = {}
    for one in found:
        if isinstance(one, Refused):
            outcome.attention.append((one.where, one.why))
            continue
        try:
            marked = mark_one(one, units)
        except Unreadable as error:
            outcome.attention.append((one.where, str(error)))
            continue
        who = marked.student, marked.unit.name
        if who in seen:
            outcome.attention.append((one.where, f"{marked.student} handed in twice; this newer file counts, not {seen[who]}"))
        seen[who] = one.where
        outcome.attention += [(one.where, note) for note in marked.notes]
        yield marked


def mark_one(found: Found, units: dict[str, Unit]) -> Marked:
    """Read and mark one hand-in; raises Unreadable with the reason in plain words."""
    try:
        content = found.read()
    except OSError as error:
        raise Unreadable(f"this file could not be read ({error.strerror})") from error
    student_notebook = parse(content)
    name = found.unit or _unit_of(student_notebook, units)
    if not name:
        raise Unreadable(f"this notebook belongs to no unit of this course. The units are: {', '.join(units)}")
    if not found.student:
        raise Unreadable(
            "the name of this file does not say whose it is. Name it after the student, or put it into a folder with that name"
        )
    unit = units[name]
    notebook = restore(student_notebook, unit.release)
    marks = mark_tasks(notebook, unit)
    released = {grade_id(cell): source_of(cell) for cell in unit.release["cells"] if is_solution(cell)}
    untouched = frozenset(grade_id(c) for c in notebook["cells"] if is_solution(c) and source_of(c) == released[grade_id(c)])
    points: dict[str, float | None] = {task.test: earned(marks[task.test], task.points) for task in unit.tasks}
    points |= {grade_id(c): 0.0 if grade_id(c) in untouched else None for c in notebook["cells"] if is_written(c)}
    make_inert(notebook)
    timestamp, notes = found.timestamp, notes_of(notebook)
    if timestamp is not None and not _is_time(timestamp):
        timestamp, notes = None, (*notes, "the time in timestamp.txt could not be read, so this counts as handed in without one")
    return Marked(found.where, found.student, unit, notebook, marks, points, untouched, notes, timestamp, found.beside)


def _is_time(timestamp: str) -> bool:
    from nbgrader.utils import parse_utc

    try:
        return bool(timestamp) and parse_utc(timestamp) is not None
    except (ValueError, OverflowError):
        return False


def _unit_of(notebook: Any, units: dict[str, Unit]) -> str:
    """The unit with whose exercise a notebook shares most cells, by name or by text; "" where it shares none."""
    own = {name for cell in cells_of(notebook) for name in names_of(cell)}
    shared = {name: len(own & {n for cell in unit.release["cells"] for n in names_of(cell)}) for name, unit in units.items()}
    best = max(shared, key=lambda name: shared[name], default="")
    return best if best and shared[best] else ""


def _write_unit(gradebook, unit: Unit, batch: list[Marked], course: Path, config, outcome: Outcome) -> None:
    from readtwice.gradebook import Entry, write_batch

    newest = {marked.student: marked for marked in batch}
    entries = [Entry(m.student, m.points, m.untouched, m.timestamp) for m in newest.values()]
    standings = write_batch(gradebook, unit, entries, config)
    for student, marked in newest.items():
        standing = standings[student]
        _write_files(course, marked, standing)
        outcome.marks[student, unit.name] = marked.marks
        outcome.points[student, unit.name] = standing.points
        outcome.by_hand[student, unit.name] = len(standing.pending)


def _write_files(course: Path, marked: Marked, standing) -> None:
    name = marked.unit.name
    folder = course / "autograded" / marked.student / name
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / f"{name}.ipynb", notebook_bytes(marked.notebook))
    os.chmod(folder / f"{name}.ipynb", 0o444)  # as nbgrader leaves it
    html = page(marked.notebook, name, marked.student, standing.scores, standing.comments, standing.pending, standing.late_penalty)
    page_folder = course / "feedback" / marked.student / name
    page_folder.mkdir(parents=True, exist_ok=True)
    replace_file(page_folder / f"{name}.html", html.encode())
    for beside, content in marked.beside.items():
        for place in (folder, page_folder):
            replace_file(place / beside, content)


def whole_class(course: Path, units: dict[str, Unit]) -> Outcome:
    """What has come of every hand-in that was ever marked in this course, for the class report."""
    from readtwice.gradebook import open_gradebook, unit_standings

    outcome = Outcome()
    with open_gradebook(course) as gradebook:
        for name, unit in units.items():
            for student, standing in sorted(unit_standings(gradebook, unit).items()):
                path = course / "autograded" / student / name / f"{name}.ipynb"
                if path.is_file():
                    outcome.marks[student, name] = mark_tasks(read_notebook(path), unit)
                    outcome.points[student, name] = standing.points
                    outcome.by_hand[student, name] = len(standing.pending)
    return outcome


def _batches(marked: Iterator[Marked]) -> Iterator[list[Marked]]:
    while batch := list(islice(marked, BATCH)):
        yield batch
