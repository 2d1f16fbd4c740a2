"""Two students who hand in together: each has the hand-in marked, and the teacher is told once."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from classes import grades, mark, page_of
from conftest import UNIT

from readtwice.build import notebook_bytes
from readtwice.collect import Found, collect
from readtwice.gradebook import open_gradebook
from readtwice.marked_before import marked_before
from readtwice.whose import names_in, read_who, whose


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Anna Ash & Ben Birch", ("Anna_Ash", "Ben_Birch")),
        ("Anna+Ben", ("Anna", "Ben")),
        ("Anna & Ben & Cy", ("Anna", "Ben", "Cy")),
        ("Anna & Anna", ("Anna",)),
        ("Anna &", ("Anna",)),
        ("Sandy Anders", ("Sandy_Anders",)),
        ("Anna and Ben", ("Anna_and_Ben",)),
        ("anna+school@example.org", ("anna_school@example.org",)),
        ("Anna + 2", ("Anna_2",)),
        ("& +", ()),
    ],
)
def test_only_a_sign_between_names_parts_them(said, names):
    assert names_in(said) == names


@pytest.mark.parametrize("path", [f"Anna & Ben {UNIT}.ipynb", f"{UNIT} Anna+Ben (1).ipynb", f"Anna & Ben/{UNIT}.ipynb"])
def test_a_file_name_can_hold_two_names(path):
    assert whose(PurePosixPath(path), (UNIT,)) == ("Anna & Ben", UNIT, "")


@pytest.mark.parametrize(
    ("path", "student"),
    [
        (f"A & B/{UNIT}/{UNIT}.ipynb", "A_B"),
        (f"A & B_4711_assignsubmission_file_/{UNIT}.ipynb", "A_B"),
        (f"A+B_4711_9001_{UNIT}.ipynb", "A_B"),
    ],
)
def test_in_nbgraders_tree_and_on_a_platform_a_name_is_one_account(path, student, tmp_path):
    file = tmp_path / "in" / path
    file.parent.mkdir(parents=True)
    file.write_bytes(b'{"cells": []}')
    (found,) = collect(tmp_path / "in", (UNIT,))
    assert isinstance(found, Found)
    assert (found.student, found.together) == (student, ())


def test_each_has_points_and_a_page_and_the_teacher_is_told_once(course, master):
    (course / "in").mkdir()
    (course / "in" / f"Anna & Ben {UNIT}.ipynb").write_bytes(notebook_bytes(master))
    (course / "in" / "x.ipynb").write_bytes(notebook_bytes(master))
    (course / "who.csv").write_text("file,student\nx.ipynb,Cy Clay & Dee Dell & Eve\n")
    assert read_who(course) == {"x.ipynb": "Cy_Clay & Dee_Dell & Eve"}
    for _ in range(2):
        outcome = mark(course, course / "in")
        assert {student for student, _ in outcome.points} == {"Anna", "Ben", "Cy_Clay", "Dee_Dell", "Eve"}
        assert len(set(outcome.points.values())) == 1
        told = [why for _, why in outcome.attention]
        assert len(told) == 2
        assert sorted(word for why in told for word in ("Anna and Ben", "Cy_Clay, Dee_Dell and Eve") if word in why) == [
            "Anna and Ben",
            "Cy_Clay, Dee_Dell and Eve",
        ]
    for student in ("Anna", "Ben", "Dee_Dell"):
        assert student in page_of(course, student)


def test_a_platforms_number_stays_with_the_account_it_belongs_to(tmp_path):
    (tmp_path / f"Anna Ash_4711_assignsubmission_file_{UNIT}.ipynb").write_bytes(b'{"cells": []}')
    found = collect(tmp_path, (UNIT,), {f"Anna Ash_4711_assignsubmission_file_{UNIT}.ipynb": "Ben_Birch & Anna_Ash"})
    assert {one.student: one.number for one in found} == {"Anna_Ash": "4711", "Ben_Birch": ""}


def told_of(outcome, file: str) -> str:
    return " ".join(why for where, why in outcome.attention if where == file)


def test_a_corrected_name_takes_over_what_was_marked_under_the_wrong_one(course, master):
    (course / "in").mkdir()
    (course / "in" / "x.ipynb").write_bytes(notebook_bytes(master))
    (course / "in" / f"Cy {UNIT}.ipynb").write_bytes(notebook_bytes(master))
    (course / "who.csv").write_text("file,student\nx.ipynb,Ana\n")
    mark(course, course / "in")
    with open_gradebook(course) as gradebook:
        gradebook.find_grade("voice-written", UNIT, UNIT, "Ana").manual_score = 2
        gradebook.db.commit()
    (course / "who.csv").write_text("file,student\nx.ipynb,Anna\n")
    outcome = mark(course, course / "in")
    assert "stood under the name Ana before" in told_of(outcome, "x.ipynb")
    assert grades(course).keys() == {"Anna", "Cy"}
    assert {path.name for folder in ("autograded", "feedback") for path in (course / folder).iterdir()} == {"Anna", "Cy"}
    assert outcome.points["Anna", UNIT] == outcome.points["Cy", UNIT] + 2
    assert "2 of 3 points." in page_of(course, "Anna")
    assert marked_before(course).keys() == {("Anna", UNIT), ("Cy", UNIT)}
    assert "Ana before" not in told_of(mark(course, course / "in"), "x.ipynb")


def test_a_name_goes_only_where_the_same_file_stood_under_it_and_the_right_one_keeps_its_own(course, master, exercise):
    (course / "in").mkdir()
    (course / "in" / "x.ipynb").write_bytes(notebook_bytes(master))
    (course / "in" / f"Anna {UNIT}.ipynb").write_bytes(notebook_bytes(exercise))
    (course / "who.csv").write_text("file,student\nx.ipynb,Ana & Ben\n")
    mark(course, course / "in")
    (course / "who.csv").write_text("file,student\nx.ipynb,Ben & Anna\n")
    outcome = mark(course, course / "in")
    assert "What was marked there was deleted" in told_of(outcome, "x.ipynb")
    assert grades(course).keys() == {"Anna", "Ben"}
    (course / "in" / "x.ipynb").write_bytes(notebook_bytes(exercise))  # another file of that name is another student's
    (course / "who.csv").write_text("file,student\nx.ipynb,Dee\n")
    mark(course, course / "in")
    assert grades(course).keys() == {"Anna", "Ben", "Dee"}
