"""The class file's other end: what a class handed in, without who said what."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from readtwice.agreement import FEWEST, number_of_readers
from readtwice.build import replace_file
from readtwice.class_file import SCORE, ClassProblem, Row, class_csv, without_few
from readtwice.collect import Unreadable
from readtwice.hand_in import mark_tasks
from readtwice.kinds import questions_of
from readtwice.mark_batch import poured
from readtwice.marked_before import marked_before
from readtwice.marking import Marks
from readtwice.numbers import RECIPES
from readtwice.places import marks_of
from readtwice.plan import content_of, plan
from readtwice.schemes import layer_names
from readtwice.units import Unit
from readtwice.whole_class import so_far

MarksOf = Mapping[tuple[str, str], Mapping[str, Marks]]


def handed_in(source: Path, course: Path, units: Mapping[str, Unit]) -> tuple[MarksOf, list[tuple[str, str]]]:
    """The marks of what lies at `source`, the newest of each student and unit, and what needs a human eye.

    Nothing is written, and no student code runs.
    """
    marked: dict[tuple[str, str], dict[str, Marks]] = {}
    where: dict[tuple[str, str], str] = {}
    planned, attention = plan(source, course, dict(units))
    for one in planned:
        where[one.who] = one.found.where
        try:
            marked[one.who] = mark_tasks(poured(content_of(one.found), units[one.unit], units.values()), units[one.unit])
        except Unreadable as error:
            attention.append((one.found.where, str(error)))
    return _once(marked, where), attention


def marked_so_far(course: Path, units: Mapping[str, Unit], db: str = "") -> tuple[MarksOf, list[tuple[str, str]]]:
    """The marks of all that was ever marked in this course; raises ClassProblem where nothing was."""
    if not (course / "autograded").is_dir():
        raise ClassProblem("Nothing has been marked in this course yet. Mark the hand-ins first, or say where they lie.")
    where = {who: one.where for who, one in marked_before(course).items()}
    return _once({who: marks_of(course, who, units[who[1]]) for who, _ in so_far(course, dict(units), db)}, where), []


def _once(marked: MarksOf, where: Mapping[tuple[str, str], str]) -> MarksOf:
    """The marks without those of a second name on one file: who handed in together has read once."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    kept = {}
    for who, marks in marked.items():
        file = where.get(who)
        one = first.setdefault((file, who[1]), who) if file else who
        if one == who or marked[one] != marks:
            kept[who] = marks
    return kept


def class_rows(marked: MarksOf, units: Mapping[str, Unit]) -> tuple[list[Row], list[str]]:
    """The rows of a class file, and what is left out of it, a sentence each; raises ClassProblem.

    A row is a label that a student gave to an asked item, or the share of a test's questions that
    were right. A reader's id is random, made anew here, kept nowhere, and another one for each
    layer, so that whoever recognises a neighbour's labels on one layer learns nothing of the others
    and nothing of a test. What fewer than five readers answered is left out.
    """
    said = _said(marked, units)
    students = {student for student, *_ in said}
    if len(students) < FEWEST:
        raise ClassProblem(
            f"{number_of_readers(len(students))} answered anything here. "
            f"What fewer than {FEWEST} readers said is never shown apart, so no class file is written."
        )
    ids: dict[tuple[str, str], str] = {}
    rows = []
    for (student, text, layer, item), label in said.items():
        whose = student, "tests" if questions_of(layer) else f"{layer} {text}"
        rows.append(Row(ids.setdefault(whose, f"r{secrets.token_hex(6)}"), text, layer, item, label))
    kept, notes = without_few(rows)
    if not kept:
        raise ClassProblem(f"No item was answered by {FEWEST} readers, so no class file is written.")
    order = [*layer_names(), *sorted({row.layer for row in kept if not row.text})]
    # sorted by random id, the order of the readers says nothing; that of the items stays
    return sorted(kept, key=lambda row: (row.text, order.index(row.layer), row.reader)), notes


def write_class(path: Path, rows: list[Row]) -> None:
    """Put a class file in its place, whole; raises ClassProblem where it cannot be written there."""
    try:
        replace_file(path, class_csv(rows))
    except OSError as error:
        raise ClassProblem(f"{path} could not be written ({error.strerror}).") from error


def _said(marked: MarksOf, units: Mapping[str, Unit]) -> dict[tuple[str, str, str, str], str]:
    """(student, text, layer, item) to label, or to the score of a test."""
    said = {}
    for (student, name), marks in marked.items():
        for task in units[name].tasks:
            if task.layer in RECIPES:
                continue
            kind, of = task.kind(task.parts[0]), marks[task.test]
            if questions_of(task.layer) and of.answered:
                said[student, "", task.layer, SCORE] = f"{of.right / of.asked:.2f}"
            elif kind.is_layer:
                given = {row.item: row.answer for row in of.rows if row.answer in kind.scheme.names}
                for part in task.parts:
                    named = {item: task.name(part, item) for item in part.asked}
                    said |= {(student, part.text.name, task.layer, i): given[long] for i, long in named.items() if long in given}
    return said
