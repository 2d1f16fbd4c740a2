"""Damaged and hostile hand-ins, marked by nbgrader's own commands and by `readtwice mark`: what both can read, both leave the same of."""

from __future__ import annotations

import os
import random

import pytest
from classes import files_of, mark, start_gradebook
from conftest import copy_course
from damages import HARMFUL, HARMLESS, UNITS, WHOLE, damaged
from test_nbgrader import gradebook_of, nbgrader, succeed

pytestmark = pytest.mark.slow

MANY = int(os.environ.get("READTWICE_BESIDE", "60"))  # hand-ins of a unit
SEED = int(os.environ.get("READTWICE_SEED", "1"))


def hand_in(course, unit: str) -> None:
    rng = random.Random(f"{unit} {SEED}")
    for n in range(MANY):
        damages = rng.sample([*HARMLESS, *HARMFUL], rng.randint(1, 3))
        content = damaged(unit, rng.choice((0, 1, 5)), rng.randrange(10**6), damages, rng.choice([*WHOLE.values()]))
        path = course / "submitted" / f"reader-{n:04}" / unit / f"{unit}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)


@pytest.mark.parametrize("unit", [UNITS[1], UNITS[6]])
def test_both_leave_the_same_of_every_damaged_hand_in_that_nbgrader_can_read(unit, tmp_path):
    by_nbgrader, by_readtwice = (copy_course(tmp_path / name) for name in ("nbgrader", "readtwice"))
    for course in (by_nbgrader, by_readtwice):
        hand_in(course, unit)
    start_gradebook(by_nbgrader)
    succeed(by_nbgrader, "generate_assignment", unit, "--force")
    nbgrader(by_nbgrader, "autograde", unit)  # it ends with an error where one hand-in was none that it can read
    nbgrader(by_nbgrader, "generate_feedback", unit)
    refused = {where.split("/")[0] for where, why in mark(by_readtwice).attention if "could not be read" in why or "no notebook" in why}

    ours, theirs = (
        {name: content for name, content in files_of(course).items() if name.endswith((".ipynb", ".html"))}
        for course in (by_readtwice, by_nbgrader)
    )
    students = {name.split("/")[1] for name in theirs if name.startswith("autograded/")}
    assert len(students) > MANY / 4  # what nbformat and nbgrader refuse, `mark` mostly marks
    assert [name for name in theirs if ours.get(name) != theirs[name]] == []
    assert len(ours) == 2 * (MANY - len(refused)) > len(theirs)
    marks, same = gradebook_of(by_readtwice, unit), gradebook_of(by_nbgrader, unit)
    assert [student for student in sorted(students) if marks[student] != same[student]] == []
    assert marks["cells"] == same["cells"]
