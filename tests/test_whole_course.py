"""A simulated class that did every unit: marked whole, its class file written and read, and what was planted comes out."""

from __future__ import annotations

import random

import pytest
from classes import start_gradebook
from conftest import copy_course
from typer.testing import CliRunner

from readtwice import cli
from readtwice.agreement import agreement
from readtwice.class_file import FILE, read_class
from readtwice.learning import change
from readtwice.mark_class import mark_class
from readtwice.readers import Way, hand_in_of
from readtwice.schemes import layer_names, read_scheme
from readtwice.units import read_unit, unit_names

READERS = 12
SLIPS = {"voice": 0.04, "statement": 0.15, "gloss": 0.45}  # planted; every other layer slips as often as OTHERS
OTHERS = 0.25
KNOWS = {"form-a": 0.35, "form-b": 0.75}  # the rest are taken from another question, which is right one time in four
BANDS = {"voice": (0.8, 1.0), "statement": (0.5, 0.85), "gloss": (0.05, 0.5)}
OTHERS_BAND = (0.2, 0.8)
GAIN = (0.15, 0.45)  # planted: .4 of the questions more, less those that luck had right anyway


def planted(rng, key, scheme, text, item):
    right = key.rows[item].label
    slips = rng.random() < SLIPS.get(scheme.layer, OTHERS)
    return rng.choice([name for name in scheme.names if name != right]) if slips else right


PLANTED = Way("with planted slips", 1, planted, knows=lambda name: KNOWS.get(name, 0.75))


@pytest.fixture(scope="module", params=["russia-must-act", "parallel"])
def whole(request, tmp_path_factory):
    """The course on one of the graded texts, with a hand-in of every reader for every unit, marked."""
    course = copy_course(tmp_path_factory.mktemp("whole") / "course")
    if request.param == "parallel":
        assert CliRunner().invoke(cli.app, ["build", "--text", "parallel", "--course", str(course)]).exit_code == 0
    units = {name: read_unit(course, name) for name in unit_names(course)}
    for reader in range(READERS):
        for name, unit in units.items():
            path = course / "submitted" / f"reader-{reader:02}" / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(hand_in_of(PLANTED, unit, random.Random(f"{reader} {name}")), encoding="utf-8")
    start_gradebook(course)
    outcome = mark_class(course / "submitted", course)
    done = CliRunner().invoke(cli.app, ["class-file", "--course", str(course)])
    assert done.exit_code == 0, done.output
    return course, units, outcome, read_class(course / FILE)


@pytest.mark.slow
def test_every_hand_in_of_every_unit_is_marked_and_none_needs_a_human_eye(whole):
    _, units, outcome, _ = whole
    assert {unit for _, unit in outcome.points} == set(units)
    assert len(outcome.points) == READERS * len(units)
    assert outcome.attention == []
    for (_, name), points in outcome.points.items():
        by_program = sum(task.points for task in units[name].tasks)
        assert 0 < points <= by_program or by_program == 0


@pytest.mark.slow
def test_the_class_file_holds_every_layer_that_was_asked_and_nobody_is_left_out(whole):
    _, units, _, room = whole
    tasks = [task for unit in units.values() for task in unit.tasks if task.layer in layer_names()]
    asked = {(part.text.name, task.layer) for task in tasks for part in task.parts}
    assert set(room.layers) == asked
    assert {"voice", "statement", "gloss"} <= {layer for _, layer in asked}
    for text, layer in room.layers:
        assert len(room.readers(text, layer)) == READERS
    assert room.notes == ()


@pytest.mark.slow
def test_agreement_of_each_layer_comes_out_as_planted(whole):
    *_, room = whole
    alpha = {(t, la): agreement(room.readers(t, la), read_scheme(la), room.items(t, la)).alpha for t, la in room.layers}
    for (text, layer), found in alpha.items():
        low, high = BANDS.get(layer, OTHERS_BAND)
        assert low <= found <= high, (text, layer, found)
    by_layer = {layer: found for (_, layer), found in alpha.items()}
    assert by_layer["voice"] > by_layer["statement"] > by_layer["gloss"]


@pytest.mark.slow
def test_what_the_class_learned_between_the_two_tests_comes_out_as_planted(whole):
    *_, room = whole
    found = change(room.scores("a"), room.scores("b"))
    assert (found.n, found.only_before, found.only_after) == (READERS, 0, 0)
    assert GAIN[0] <= found.change <= GAIN[1]
    assert found.interval[0] > 0
