"""nbgrader's own commands, run as a teacher runs them, and `readtwice mark` leave the same behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from classes import files_of, grades, mark, start_gradebook
from conftest import ROOT, UNIT, answered, cell, copy_course

from readtwice.cells import is_test
from readtwice.gradebook import open_gradebook, save_unit
from readtwice.units import master_path, read_notebook, read_unit, release_path

pytestmark = pytest.mark.slow

ESSAY = "I chose 19.3. The label is `distance`.\n\n“partners” stands in quotation marks, and nobody is named."
HARM = "<script>alert(1)</script>\n\n![x](http://x.example/x.png) $\\href{javascript:alert(1)}{x}$"
LATE = "\nget_config().LateSubmissionPlugin.penalty_method = 'zero'  # noqa: F821\n"


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run nbgrader in the course folder, with the programs of this Python first on PATH."""
    scripts = sysconfig.get_path("scripts")
    path = os.pathsep.join((scripts, os.environ.get("PATH", "")))
    return subprocess.run(
        [str(Path(scripts) / "nbgrader"), *arguments],
        cwd=course,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=200,
    )


def succeed(course: Path, *arguments: str) -> str:
    done = nbgrader(course, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def a_class() -> dict[str, dict]:
    """Hand-ins of many kinds, by student."""
    master, exercise = read_notebook(master_path(ROOT, UNIT)), read_notebook(release_path(ROOT, UNIT))
    texts = {"voice-answers": cell(master, "voice-answers")["source"], "shares-answers": cell(master, "shares-answers")["source"]}
    sound = answered(exercise, {**texts, "voice-written": ESSAY})
    made = {
        name: json.loads(json.dumps(sound)) for name in ("sound", "late", "lost", "greedy", "stripped", "nameless", "retyped", "hostile")
    }
    made["lost"]["cells"] = [c for c in sound["cells"] if c["id"] != "u1-voice-test"]
    for c in made["greedy"]["cells"]:
        if "nbgrader" in c["metadata"]:
            c["metadata"] = {"nbgrader": {**c["metadata"]["nbgrader"], "points": 1000}}
        if is_test(c):
            c["source"] = "1000.0"
    for c in made["stripped"]["cells"]:
        c["metadata"] = {}
    for c in made["nameless"]["cells"]:
        c["metadata"] = {}
        del c["id"]
    made["nameless"]["nbformat_minor"] = 4
    written = made["retyped"]["cells"].index(cell(made["retyped"], "voice-written"))
    made["retyped"]["cells"][written] = {"cell_type": "markdown", "id": "new", "metadata": {}, "source": ESSAY}
    for name, source in {"voice-answers": f"{texts['voice-answers']}\n2.1: quote | {HARM}", "voice-written": HARM}.items():
        cell(made["hostile"], name)["source"] = source
    made["hostile"]["cells"].insert(1, {"cell_type": "markdown", "id": "own", "metadata": {}, "source": HARM})
    one_label = cell(exercise, "voice-answers")["source"].replace(":\n", ": author\n")
    return made | {
        "blank": exercise,
        "one-label": answered(exercise, {"voice-answers": one_label, "shares-answers": texts["shares-answers"]}),
    }


def hand_in(course: Path, notebooks: dict[str, dict]) -> None:
    for student, notebook in notebooks.items():
        path = course / "submitted" / student / UNIT / f"{UNIT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        day = 9 if student == "late" else 1
        path.with_name("timestamp.txt").write_text(f"2026-03-0{day} 10:00:00.000000 UTC")
        path.with_name("submission_secret.txt").write_text(f"secret of {student}")


def give_a_mark(course: Path) -> None:
    """What a teacher does in the formgrader: a mark, a comment; and a last day for handing in."""
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate="2026-03-05 10:00:00 UTC")
        for student in ("sound", "late"):
            gradebook.find_grade("voice-written", UNIT, UNIT, student).manual_score = 2.0
            gradebook.find_comment("voice-written", UNIT, UNIT, student).manual_comment = "Name the *rival* reading."
        gradebook.db.commit()


def course_with_a_class(folder: Path) -> Path:
    """A course with a rule for late hand-ins, in which the class has handed in."""
    course = copy_course(folder / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(LATE)
    hand_in(course, a_class())
    return course


@pytest.fixture(scope="module")
def by_nbgrader(tmp_path_factory) -> Path:
    """The class marked twice by nbgrader's commands, with a teacher's mark in between."""
    course = course_with_a_class(tmp_path_factory.mktemp("nbgrader"))
    succeed(course, "generate_assignment", UNIT, "--force")
    succeed(course, "autograde", UNIT)
    give_a_mark(course)
    succeed(course, "autograde", UNIT, "--force")
    succeed(course, "generate_feedback", UNIT, "--force")
    return course


@pytest.fixture(scope="module")
def by_readtwice(tmp_path_factory) -> Path:
    """The same class, marked twice by `readtwice mark`, with the same teacher's mark in between."""
    course = course_with_a_class(tmp_path_factory.mktemp("readtwice"))
    mark(course)
    give_a_mark(course)
    mark(course)
    return course


def gradebook_of(course: Path, unit: str = UNIT) -> dict:
    """A gradebook by natural keys: who, which cell, what."""
    with open_gradebook(course) as gradebook:
        assignment = gradebook.find_assignment(unit)
        (notebook,) = assignment.notebooks
        found: dict = {
            "points": {c.name: (c.max_score, c.cell_type) for c in notebook.grade_cells},
            "answers": sorted(c.name for c in notebook.solution_cells),
            "cells": {c.name: (c.source, c.checksum, c.locked, c.cell_type) for c in notebook.source_cells},
            "students": sorted(student.id for student in gradebook.students),
        }
        for submission in assignment.submissions:
            (submitted,) = submission.notebooks
            found[submission.student_id] = {
                "whole": (submission.score, submission.max_score, submission.timestamp, submission.needs_manual_grade),
                "late": submitted.late_submission_penalty,
                "grades": {
                    g.name: (g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade, g.max_score) for g in submitted.grades
                },
                "comments": {c.name: (c.auto_comment, c.manual_comment) for c in submitted.comments},
            }
    return found


def test_nbgrader_makes_the_committed_exercise(by_nbgrader):
    assert release_path(by_nbgrader, UNIT).read_bytes() == release_path(ROOT, UNIT).read_bytes()


def test_both_leave_the_same_notebooks_and_pages_byte_for_byte(by_nbgrader, by_readtwice):
    ours, theirs = (
        {name: content for name, content in files_of(course).items() if name.endswith((".ipynb", ".html"))}
        for course in (by_readtwice, by_nbgrader)
    )
    assert set(ours) == set(theirs)
    assert len(ours) == 2 * len(a_class())
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_both_carry_along_what_nbgraders_exchange_needs_to_give_feedback_back(by_nbgrader, by_readtwice):
    """`nbgrader release_feedback` opens the time and the secret of each hand-in beside the page."""
    for name in ("timestamp.txt", "submission_secret.txt"):
        place = f"feedback/sound/{UNIT}/{name}"
        assert files_of(by_readtwice).get(place) == files_of(by_nbgrader)[place]


@pytest.mark.parametrize("student", ["points", "answers", "cells", "students", *sorted(a_class())])
def test_both_leave_the_same_gradebook(student, by_nbgrader, by_readtwice):
    assert gradebook_of(by_readtwice)[student] == gradebook_of(by_nbgrader)[student]


def test_both_keep_the_teachers_mark_and_comment(by_nbgrader, by_readtwice):
    for course in (by_nbgrader, by_readtwice):
        sound = gradebook_of(course)["sound"]
        assert sound["grades"]["voice-written"][1] == 2.0
        assert sound["comments"]["voice-written"] == (None, "Name the *rival* reading.")
        assert "Name the *rival* reading." in files_of(course)[f"feedback/sound/{UNIT}/{UNIT}.html"].decode()


def test_damage_changes_no_points_under_nbgrader_either(by_nbgrader):
    found = gradebook_of(by_nbgrader)
    wanted = {task.test: task.points for task in read_unit(ROOT, UNIT).tasks}
    for student in ("sound", "lost", "greedy", "stripped", "nameless", "retyped"):
        assert {name: found[student]["grades"][name][0] for name in wanted} == wanted, student
        assert found[student]["grades"]["voice-written"][0] is None, student
    for student in ("blank", "one-label"):
        assert {name: found[student]["grades"][name][0] for name in wanted} == dict.fromkeys(wanted, 0.0), student


def test_a_late_hand_in_loses_what_the_teachers_rule_takes(by_readtwice):
    late = gradebook_of(by_readtwice)["late"]
    assert late["late"] == late["whole"][0] > 0
    assert float(grades(by_readtwice)["late"]["score"]) == 0


def test_without_this_courses_configuration_the_right_answers_earn_nothing(tmp_path):
    course = copy_course(tmp_path / "course")
    plain = "c = get_config()\nc.CourseDirectory.source_directory = 'solutions'\nc.CourseDirectory.release_directory = 'exercises'\n"
    (course / "nbgrader_config.py").write_text(plain)
    hand_in(course, {"master": read_notebook(master_path(ROOT, UNIT))})
    start_gradebook(course)
    with open_gradebook(course) as gradebook:
        save_unit(gradebook, read_unit(course, UNIT))
    nbgrader(course, "autograde", UNIT)
    with open_gradebook(course) as gradebook:
        scores = {g.name: g.auto_score for g in gradebook.find_submission(UNIT, "master").notebooks[0].grades}
    assert {task.test: scores[task.test] for task in read_unit(ROOT, UNIT).tasks} == {"voice": 0, "shares": 0}


@pytest.mark.parametrize(("path", "complete"), [(release_path, False), (master_path, True)], ids=["exercise", "master"])
def test_validate_tells_a_student_whether_something_is_open(path, complete, tmp_path):
    shutil.copy(path(ROOT, UNIT), tmp_path / "mine.ipynb")
    said = succeed(tmp_path, "validate", "mine.ipynb")
    assert ("Success" in said) is complete
    assert ("Still open: 1.3" in said) is not complete
