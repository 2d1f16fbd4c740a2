"""Marking again: only what has changed is marked, nothing is lost, and it makes no difference who does the work."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from classes import files_of, grades, mark, page_of
from conftest import UNIT, answered, cell

import readtwice.batches
from readtwice.gradebook import open_gradebook
from readtwice.mark_batch import mark_batch
from readtwice.marked_before import FILE
from readtwice.units import read_unit, unit_names
from readtwice.whole_class import whole_class

ESSAY = "I chose 19.3. The label is distance."


@pytest.fixture
def marked_anew(monkeypatch) -> list[str]:
    """The students whose hand-ins were marked, as they are marked."""
    students: list[str] = []

    def watched(units, batch):
        students.extend(one.student for one in batch)
        return mark_batch(units, batch)

    monkeypatch.setattr(readtwice.batches, "mark_batch", watched)
    return students


@pytest.fixture
def handed_in(course, submit, master, exercise) -> Path:
    """A course in which three have handed in, one of them a notebook without its answer cell."""
    submit("anna", answered(exercise, {"voice-written": ESSAY, "voice-answers": cell(master, "voice-answers")["source"]}))
    submit("ben", exercise)
    submit(
        "carl", {**master, "cells": [c for c in master["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") != "voice-answers"]}
    )
    return course


def test_what_has_not_changed_is_not_marked_again_and_all_is_said_again(handed_in, marked_anew):
    first = mark(handed_in)
    files, times = files_of(handed_in), modified(handed_in)
    assert sorted(marked_anew) == ["anna", "ben", "carl"]
    again = mark(handed_in)
    assert len(marked_anew) == 3
    assert again == first
    assert (files_of(handed_in), modified(handed_in)) == (files, times)


def modified(course: Path) -> dict[str, int]:
    return {name: (course / name).stat().st_mtime_ns for name in files_of(course)}


def test_a_hand_in_that_has_changed_is_marked_again_alone(handed_in, marked_anew, master):
    before = mark(handed_in).points["ben", UNIT]
    again(handed_in / "submitted" / "ben" / UNIT / f"{UNIT}.ipynb", "author", marked_anew)
    assert mark(handed_in).points["ben", UNIT] >= before
    assert marked_anew == ["ben"]


def again(path: Path, label: str, marked_anew: list[str]) -> None:
    """Change a hand-in, and forget who has been marked so far."""
    path.write_text(path.read_text(encoding="utf-8").replace("1.3:", f"1.3: {label}", 1), encoding="utf-8")
    marked_anew.clear()


def test_another_time_of_handing_in_is_a_change(handed_in, marked_anew):
    mark(handed_in)
    marked_anew.clear()
    (handed_in / "submitted" / "ben" / UNIT / "timestamp.txt").write_text("2026-03-01 10:00:00.000000 UTC")
    mark(handed_in)
    assert marked_anew == ["ben"]
    assert grades(handed_in)["ben"]["timestamp"].startswith("2026-03-01")


def test_a_changed_key_marks_all_again(handed_in, marked_anew):
    first = mark(handed_in).points
    key = handed_in / "solutions" / "keys" / "russia-must-act" / "voice.csv"
    lines = key.read_text(encoding="utf-8").split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("1.3,"))
    label = lines[at].split(",")[1]
    lines[at] = lines[at].replace(label, "distance", 1)
    key.write_text("\n".join(lines), encoding="utf-8")
    marked_anew.clear()
    assert mark(handed_in).points["anna", UNIT] < first["anna", UNIT]
    assert sorted(marked_anew) == ["anna", "ben", "carl"]


def test_what_the_teacher_adds_comes_onto_the_page_without_marking_again(handed_in, marked_anew):
    mark(handed_in)
    marked_anew.clear()
    comment(handed_in, "anna", "Which words decide?", 2.0)
    outcome = mark(handed_in)
    assert marked_anew == []
    assert "Which words decide?" in page_of(handed_in, "anna")
    assert outcome.by_hand["anna", UNIT] == 0
    assert outcome.attention == mark(handed_in).attention


def comment(course: Path, student: str, words: str, score: float) -> None:
    with open_gradebook(course) as gradebook:
        gradebook.find_grade("voice-written", UNIT, UNIT, student).manual_score = score
        gradebook.find_comment("voice-written", UNIT, UNIT, student).manual_comment = words
        gradebook.db.commit()


def test_a_mark_by_hand_on_an_answer_that_has_changed_is_kept_and_flagged(handed_in):
    mark(handed_in)
    comment(handed_in, "anna", "Good.", 2.0)
    path = handed_in / "submitted" / "anna" / UNIT / f"{UNIT}.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("The label is distance.", "No, 14.1 it is."), encoding="utf-8")
    (note,) = [why for where, why in mark(handed_in).attention if "anna" in where]
    assert "voice-written, which you marked by hand, has changed since" in note
    with open_gradebook(handed_in) as gradebook:
        assert gradebook.find_grade("voice-written", UNIT, UNIT, "anna").manual_score == 2.0


@pytest.mark.parametrize("gone", ["gradebook.db", f"autograded/ben/{UNIT}/{UNIT}.ipynb", f"feedback/ben/{UNIT}/{UNIT}.html", str(FILE)])
def test_what_is_missing_is_made_again(gone, handed_in):
    first = mark(handed_in)
    files = files_of(handed_in)
    (handed_in / gone).unlink()
    assert mark(handed_in) == first
    assert files_of(handed_in) == files


@pytest.mark.parametrize(
    "tail",
    [
        '{"student": "anna", "un',
        '{"student": "anna"}',
        "[]",
        "\x00\xff",
        '{"student": 1, "unit": [], "hand_in": {}, "standing": 0, "notes": 0}',
    ],
)
def test_a_damaged_memory_of_what_was_marked_stops_nothing(tail, handed_in):
    first = mark(handed_in)
    with (handed_in / FILE).open("a", encoding="utf-8") as file:
        file.write(f"\n{tail}")
    assert mark(handed_in) == first


def test_a_last_day_set_later_takes_its_penalty_without_marking_again(handed_in, marked_anew):
    with (handed_in / "nbgrader_config.py").open("a") as file:
        file.write("\nget_config().LateSubmissionPlugin.penalty_method = 'zero'  # noqa: F821\n")
    (handed_in / "submitted" / "anna" / UNIT / "timestamp.txt").write_text("2026-03-09 10:00:00.000000 UTC")
    assert mark(handed_in).points["anna", UNIT] > 0
    with open_gradebook(handed_in) as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate="2026-03-05 10:00:00 UTC")
    marked_anew.clear()
    assert mark(handed_in).points["anna", UNIT] == 0
    assert marked_anew == []


class Broken(Executor):
    """Workers that are killed as soon as they begin."""

    def submit(self, *_, **__) -> Future:
        future: Future = Future()
        future.set_exception(BrokenExecutor())
        return future


@pytest.mark.parametrize(
    "executor",
    [ThreadPoolExecutor(2), ProcessPoolExecutor(2, mp_context=get_context("spawn")), Broken()],
    ids=["threads", "processes", "killed"],
)
def test_it_makes_no_difference_who_does_the_work(executor, handed_in, monkeypatch):
    first = mark(handed_in)
    files, table = files_of(handed_in), grades(handed_in)
    for name in ("gradebook.db", FILE):
        os.remove(handed_in / name)
    monkeypatch.setattr(readtwice.batches, "BATCH", 1)
    with executor:
        assert mark(handed_in, executor=executor) == first
    assert (files_of(handed_in), grades(handed_in)) == (files, table)


def test_what_was_counted_while_marking_is_what_counting_again_gives(handed_in):
    units = {name: read_unit(handed_in, name) for name in unit_names(handed_in)}
    path = handed_in / "in" / f"anna_{UNIT}.ipynb"
    path.parent.mkdir()
    path.write_bytes((handed_in / "submitted" / "anna" / UNIT / f"{UNIT}.ipynb").read_bytes())
    os.utime(path, (1, 1))
    shutil.copytree(handed_in / "submitted", handed_in / "in", dirs_exist_ok=True)
    outcome = mark(handed_in, handed_in / "in")
    assert whole_class(handed_in, units, outcome).tallies == whole_class(handed_in, units).tallies
