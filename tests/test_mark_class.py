"""Marking a class: every hand-in that can be read is marked, every other is named, and the teacher's own marks stay."""

from __future__ import annotations

import csv
import json
import os
import re
import stat

import pytest
from classes import files_of, grades, mark, marked_notebook, marks, page_of
from conftest import UNIT, answered, cell
from pages import Page

from readtwice.cells import grade_id, is_test
from readtwice.gradebook import open_gradebook
from readtwice.outcome import Outcome
from readtwice.units import master_path, read_notebook

ESSAY = "I chose 19.3. The label is distance."


def why(outcome: Outcome, student: str) -> str:
    return " ".join(reason for where, reason in outcome.attention if student in where)


BROKEN = {
    "empty": ("", "empty"),
    "cut": ('{"cells": [{"cell_type"', "breaks off"),
    "prose": ("Dear teacher, my dog …", "damaged"),
    "picture": (b"\x89PNG\r\n\x1a\n\xff\xd8\x00", "not text"),
    "deep": ("[" * 100_000, "no notebook is"),
    "other-json": ({"answers": []}, "not a notebook inside"),
    "no-cells": ({"cells": "none"}, "no unit"),
    "other-notebook": ({"cells": [{"cell_type": "code", "source": "1 + 1"}]}, "no unit"),
}


def test_broken_files_are_named_with_the_reason_and_the_class_goes_on(course, submit, master):
    submit("anna", master)
    submit("zoe", master)
    for student, (content, _) in BROKEN.items():
        path = course / "submitted" / student / "homework" / "homework.ipynb"
        path.parent.mkdir(parents=True)
        raw = content if isinstance(content, (str, bytes)) else json.dumps(content)
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    outcome = mark(course)
    assert set(outcome.points) == {("anna", UNIT), ("zoe", UNIT)}
    assert len(outcome.attention) == len(BROKEN)
    for student, (_, reason) in BROKEN.items():
        assert reason in why(outcome, student)


def test_every_point_is_in_the_gradebook_the_notebook_and_the_table(course, submit, master, exercise, unit):
    labels = re.sub(r"(?m)^(1\.3|6\.1|9\.1):.*$", r"\1: distance", cell(master, "voice-answers")["source"])
    submit("anna", master)
    submit("ben", answered(exercise, {"voice-answers": labels}))
    submit("carl", exercise)
    outcome = mark(course)
    with open_gradebook(course) as gradebook:
        for student in ("anna", "ben", "carl"):
            submission = gradebook.find_submission(UNIT, student)
            scores = {grade.name: grade.auto_score for grade in submission.notebooks[0].grades}
            shown = {grade_id(c): c["outputs"][0]["data"]["text/plain"] for c in marked_notebook(course, student)["cells"] if is_test(c)}
            assert {name: repr(scores[name]) for name in shown} == shown
            assert outcome.points[student, UNIT] == submission.score == float(grades(course)[student]["score"])
            assert submission.max_score == unit.points == float(grades(course)[student]["max_score"])
            assert (scores["voice-written"] is None) is (student == "anna")
            assert submission.needs_manual_grade is (student == "anna")
    assert outcome.by_hand == {("anna", UNIT): 1, ("ben", UNIT): 0, ("carl", UNIT): 0}
    full = sum(task.points for task in unit.tasks)
    assert outcome.points["carl", UNIT] == 0 < outcome.points["ben", UNIT] < outcome.points["anna", UNIT] == full


def test_a_notebook_without_its_answer_cells_is_marked_for_what_it_holds(course, submit, master):
    master["cells"] = [c for c in master["cells"] if grade_id(c) != "voice-answers"]
    submit("anna", master)
    outcome = mark(course)
    assert marks(course, "anna")["voice"].answered == 0
    assert "missing" in why(outcome, "anna")


def test_a_hand_in_on_another_text_is_not_marked_with_this_ones_key(course, submit, master, exercise):
    other = json.loads(json.dumps(master).replace("russia-must-act", "parallel"))
    submit("anna", other)
    submit("ben", {**exercise, "cells": [*exercise["cells"], {"cell_type": "code", "source": 'read("parallel")'}]})
    outcome = mark(course)
    assert set(outcome.points) == {("ben", UNIT)}
    assert "readtwice build --text parallel" in why(outcome, "anna")


def test_the_table_of_grades_lists_no_unit_that_nobody_handed_in(course, submit, master):
    submit("anna", master)
    mark(course)
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["student_id"], row["assignment"]) for row in csv.DictReader(file)] == [("anna", UNIT)]


def test_a_renamed_notebook_is_known_by_its_cells(course, master, unit):
    path = course / "in" / "anna" / "final (2).ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(master), encoding="utf-8")
    outcome = mark(course, course / "in")
    assert [name for _, name in outcome.points] == [UNIT]


def test_the_course_folder_itself_means_what_was_submitted_in_it(course, submit, master):
    """Masters and exercises lie in it too, and are nobody's hand-ins."""
    submit("anna", master)
    assert set(mark(course, course).points) == {("anna", UNIT)}


@pytest.mark.parametrize("newest", ["anna/x.ipynb", "anna.ipynb"])
def test_of_two_hand_ins_the_newest_counts_and_that_is_said(newest, course, master, exercise, unit):
    older = {"anna/x.ipynb": f"anna_{UNIT}.ipynb", "anna.ipynb": f"anna/{UNIT}.ipynb"}[newest]
    newest = newest.replace("x", UNIT)
    for name, notebook, time in ((older, exercise, 1_000_000), (newest, master, 2_000_000)):
        path = course / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        os.utime(path, (time, time))
    outcome = mark(course, course / "in")
    assert outcome.points == {("anna", UNIT): sum(task.points for task in unit.tasks)}
    ((where, reason),) = outcome.attention
    assert where == newest
    assert "twice" in reason
    assert older in reason


def test_a_teachers_marks_and_comments_survive_a_second_marking_and_show_on_the_page(course, submit, master, exercise):
    submit("anna", answered(exercise, {"voice-written": ESSAY}))
    mark(course)
    with open_gradebook(course) as gradebook:
        gradebook.find_grade("voice-written", UNIT, UNIT, "anna").manual_score = 2.5
        gradebook.find_grade("voice", UNIT, UNIT, "anna").extra_credit = 1
        gradebook.find_comment("voice-written", UNIT, UNIT, "anna").manual_comment = "Which <b>words</b> decide?"
        gradebook.find_comment("voice-answers", UNIT, UNIT, "anna").manual_comment = "Begin with the quotation marks."
        gradebook.db.commit()
    submit("ben", master)
    outcome = mark(course)
    assert outcome.points["anna", UNIT] == 3.5
    page = Page(page_of(course, "anna")).words["main"]
    assert "2.5 of 3 points" in page
    assert "Which <b>words</b> decide?" in page
    assert "Begin with the quotation marks." in page
    assert ESSAY in page
    assert "not marked yet" not in page
    assert float(grades(course)["anna"]["score"]) == 3.5


def test_marking_twice_changes_nothing(course, submit, master, exercise):
    submit("anna", master)
    submit("ben", answered(exercise, {"voice-written": ESSAY}))
    submit("carl", "{")
    first = mark(course), files_of(course), grades(course)
    assert first == (mark(course), files_of(course), grades(course))


def test_what_nbgraders_exchange_lays_beside_a_hand_in_needs_no_human_eye(course, submit, master):
    path = submit("anna", master)
    path.with_name("timestamp.txt").write_text("2026-03-02 10:00:00.000000 UTC")
    path.with_name("submission_secret.txt").write_text("4711")
    assert mark(course).attention == []


def test_marked_notebooks_are_read_only_and_can_be_marked_anew(course, submit, master):
    submit("anna", master)
    for _ in range(2):
        mark(course)
        path = course / "autograded" / "anna" / UNIT / f"{UNIT}.ipynb"
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert not [*course.rglob("*.part")]


@pytest.mark.parametrize("damage", ["cut", "zeros behind", "cut within a letter", "another file behind", "saved by an old editor"])
def test_a_file_that_breaks_off_is_marked_for_what_it_holds_and_that_is_said(damage, course, submit, master, unit):
    text = json.dumps(master, ensure_ascii=False, indent=1)
    at = text.index('"nbgrader"', text.index('"shares-answers"'))
    written = {
        "cut": text[:at].encode(),
        "zeros behind": text[:at].encode() + b"\0" * 4096,
        "cut within a letter": text[: text.rindex("·")].encode() + "·".encode()[:1],
        "another file behind": (text + text[at:]).encode(),
        "saved by an old editor": text.encode("cp1252", "replace"),
    }[damage]
    submit("anna", written)
    submit("zoe", master)
    outcome = mark(course)
    most = {task.test: task.points for task in unit.tasks}
    voice = next(name for name in most if "voice" in name)
    assert marks(course, "anna")[voice].score == 1
    assert 0 < outcome.points["anna", UNIT] <= outcome.points["zoe", UNIT]
    if damage != "saved by an old editor":
        assert "breaks off" in why(outcome, "anna")
        assert "breaks off" in page_of(course, "anna")


def test_two_files_of_one_time_are_not_called_newer_and_older(course, master):
    for name, time in (("anna_1", 5), ("anna_1 (1)", 5), ("ben_1", 5), ("ben_1 (1)", 6)):
        path = course / "in" / f"{name.replace('1', UNIT, 1)}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(master), encoding="utf-8")
        os.utime(path, (time, time))
    outcome = mark(course, course / "in")
    assert "both are of the same time" in why(outcome, "anna")
    assert "this newer file counts" in why(outcome, "ben")


def test_names_that_differ_in_capitals_alone_are_named_once(course, submit, master):
    submit("anna", master)
    submit("Ben", master)
    mark(course)
    submit("Anna", master)
    assert [reason for _, reason in mark(course).attention if "capitals alone" in reason] == [
        "Anna and anna differ in capitals alone. If they are one student, give both hand-ins one name and mark again"
    ]
    assert "capitals" not in str(mark(course).attention)


@pytest.mark.parametrize("other", ["0-before-you-read", "2-what-kind-of-statement", "5-leave-the-page", "7-how-sure-are-we"])
@pytest.mark.parametrize("stripped", [False, True])
def test_another_units_exercise_is_named_and_not_marked_with_nothing(other, stripped, course, submit, master):
    notebook = read_notebook(master_path(course, other))
    for held in notebook["cells"]:
        if stripped:
            held["metadata"], held["id"] = {}, "x"
    submit("anna", notebook)
    submit("zoe", master)
    outcome = mark(course)
    assert ("anna", UNIT) not in outcome.points
    assert f"the exercise of {other}, handed in for {UNIT}" in why(outcome, "anna")
