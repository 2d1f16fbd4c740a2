"""Two students who hand in together: each has the hand-in marked, and the teacher is told once."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from classes import mark, page_of
from conftest import UNIT

from readtwice.build import notebook_bytes
from readtwice.collect import Found, collect
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
