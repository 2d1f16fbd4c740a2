"""Hand-ins that lie nowhere any more are marked again from their marked notebooks: the same as if they still lay there."""

from __future__ import annotations

import json
import os
import random
import shutil
from functools import cache
from pathlib import Path

import pytest
from classes import files_of, grades, mark, start_gradebook
from conftest import ROOT, UNIT, answered, cell, change, copy_course, hand_in_class
from damages import HARMFUL, HARMLESS, UNITS, WHOLE, damaged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_accept import WHY
from test_beyond_one_machine import rows
from test_cli import run
from test_nbgrader import course_with_a_class, give_a_mark, gradebook_of, nbgrader

import readtwice.batches
import readtwice.mark_again
from readtwice.collect import Refused
from readtwice.gradebook import open_gradebook
from readtwice.mark_again import mark_again
from readtwice.mark_batch import HandIn, Marked, mark_batch, packed
from readtwice.marked_before import FILE, marked_before
from readtwice.overrides import COLUMNS, Override, _accepted, table_bytes
from readtwice.overrides import FILE as TABLE
from readtwice.readers import WAYS, hand_in_of
from readtwice.units import Unit, master_path, read_unit, release_path, unit_names

MANY = int(os.environ.get("READTWICE_DAMAGED", "5000")) // 100
ACCEPTED = [["voice", item, label, WHY, ""] for item, label in (("5.2", "author"), ("19.3", "author"), ("6.1", "quote"))]


def units_of(course: Path) -> dict[str, Unit]:
    return {name: read_unit(course, name) for name in unit_names(course)}


def put_overrides(course: Path) -> None:
    path = course / "solutions" / "keys" / "russia-must-act" / TABLE
    path.write_bytes(table_bytes([COLUMNS, *ACCEPTED]))


def left_behind(course: Path) -> tuple:
    return files_of(course), grades(course), gradebook_of(course)


# One hand-in at a time


@cache
def with_more_accepted(name: str) -> Unit:
    """A unit of the course in which a teacher accepts a second label for every third item."""
    unit = read_unit(ROOT, name)
    keys = {}
    for (text, layer), key in unit.keys.items():
        held = dict(key.rows)
        labels = list(dict.fromkeys(row.label for row in held.values()))
        for n, (item, row) in enumerate(key.rows.items()):
            if n % 3 == 0 and len(labels) > 1 and row.label:
                held[item] = _accepted(row, Override(text, layer, item, labels[n % len(labels)], WHY))
        keys[text, layer] = type(key)(layer, held)
    return Unit(unit.name, unit.tasks, unit.written, keys, unit.release)


@cache
def blobs() -> tuple[bytes, bytes]:
    return packed({name: read_unit(ROOT, name) for name in UNITS}), packed({name: with_more_accepted(name) for name in UNITS})


@given(
    st.sampled_from(UNITS),
    st.sampled_from([0, 1, 5]),
    st.integers(0, 10**6),
    st.lists(st.sampled_from([*HARMLESS, *HARMFUL]), max_size=4, unique=True),
    st.sampled_from([*WHOLE.values()]),
)
@settings(max_examples=MANY, suppress_health_check=list(HealthCheck), deadline=None)
def test_a_damaged_hand_in_marked_again_from_what_marking_left_is_byte_for_byte_the_same(name, way, seed, damages, whole):
    content = damaged(name, way, seed, damages, whole)
    old, new = blobs()
    (first,), _ = mark_batch(old, [HandIn("x.ipynb", "ann", name, content)])
    (wanted,), counted = mark_batch(new, [HandIn("x.ipynb", "ann", name, content)])
    if isinstance(first, Refused):
        assert isinstance(wanted, Refused)
        return
    (again,), same = mark_batch(new, [HandIn("x.ipynb", "ann", name, first.notebook, again=True)])
    assert again == wanted
    assert same == counted


def test_a_marked_notebook_that_lost_an_answer_is_refused_and_left(course):
    unit = read_unit(course, UNIT)
    (first,), _ = mark_batch(packed({UNIT: unit}), [HandIn("x", "ann", UNIT, json.dumps(unit.release).encode())])
    assert isinstance(first, Marked)
    notebook = json.loads(first.notebook)
    notebook["cells"] = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") != "voice-answers"]
    (again,), _ = mark_batch(packed({UNIT: unit}), [HandIn("x", "ann", UNIT, json.dumps(notebook).encode(), again=True)])
    assert isinstance(again, Refused)
    assert "has lost its answer voice-answers" in again.why


# A whole class


def a_class(folder: Path) -> Path:
    """A course whose class has handed in: sound, damaged and late hand-ins, and two readers who are often wrong."""
    course = course_with_a_class(folder)
    for n in (1, 2):
        path = course / "submitted" / f"reader-{n}" / UNIT / f"{UNIT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(hand_in_of(WAYS[n], read_unit(course, UNIT), random.Random(n)), encoding="utf-8")
    return course


def marked_twice(course: Path) -> Path:
    """That course marked, with a teacher's mark and a last day in between."""
    mark(course)
    give_a_mark(course)
    mark(course)
    return course


@pytest.fixture(scope="module")
def wanted(tmp_path_factory) -> Path:
    """A class marked from its hand-ins by the rules with overrides."""
    course = a_class(tmp_path_factory.mktemp("wanted"))
    put_overrides(course)
    return marked_twice(course)


@pytest.fixture(scope="module")
def once(tmp_path_factory) -> Path:
    """The same class marked by the rules without, whose hand-ins have gone since."""
    course = marked_twice(a_class(tmp_path_factory.mktemp("once")))
    shutil.rmtree(course / "submitted")
    return course


@pytest.fixture
def marked(once, tmp_path) -> Path:
    return shutil.copytree(once, tmp_path / "course")


def test_all_that_marking_the_hand_ins_again_would_leave_is_left(marked, wanted):
    assert left_behind(marked) != left_behind(wanted)
    put_overrides(marked)
    again = mark_again(marked, units_of(marked))
    assert left_behind(marked) == left_behind(wanted)
    assert {student for student, _ in again.points} == {one for one, _ in marked_before(marked)}
    assert {student for student, _ in again.changed()} == {"reader-1"}
    assert again.attention == []


def test_what_nothing_has_changed_for_is_not_touched(marked, monkeypatch):
    put_overrides(marked)
    units = units_of(marked)
    mark_again(marked, units)
    times = {name: (marked / name).stat().st_mtime_ns for name in (*files_of(marked), "grades.csv", str(FILE))}
    monkeypatch.setattr(readtwice.batches, "mark_batch", None)
    assert mark_again(marked, units).points == {}
    assert {name: (marked / name).stat().st_mtime_ns for name in times} == times


def test_mark_reaches_who_handed_in_another_time_and_a_line_from_an_older_version_counts_as_changed(marked, wanted):
    put_overrides(marked)
    lines = [json.loads(line) for line in (marked / FILE).read_text().split("\n") if line]
    (marked / FILE).write_text("\n".join(json.dumps({k: v for k, v in line.items() if k != "rules"}) for line in lines))
    (marked / "in").mkdir()
    shown = run("mark", marked / "in", "--course", marked)
    assert shown.exit_code == 0, shown.output
    assert f"{len(marked_before(marked))} hand-ins were marked again" in shown.stdout
    assert left_behind(marked) == left_behind(wanted)
    assert "marked again" not in run("mark", marked / "in", "--course", marked).stdout


def test_a_key_of_another_unit_and_an_item_that_is_given_touch_nobody(marked):
    keys = marked / "solutions" / "keys" / "russia-must-act"
    for name, old in (("gloss.csv", "Your"), ("voice.csv", "told")):
        path = keys / name
        lines = path.read_text(encoding="utf-8").split("\n")
        at = 2 if name == "voice.csv" else 1
        lines[at] = f'{lines[at][:-1]} And {old} more."'
        path.write_text("\n".join(lines), encoding="utf-8")
    assert read_unit(marked, UNIT).keys["russia-must-act", "voice"].rows["1.1"].reason.endswith("more.")
    assert mark_again(marked, units_of(marked)).points == {}


def test_more_points_in_the_master_reach_everyone_and_nothing_else_is_lost(marked):
    for path in (master_path(marked, UNIT), release_path(marked, UNIT)):
        change(path, lambda notebook: cell(notebook, "voice")["metadata"]["nbgrader"].update(points=40))
    again = mark_again(marked, units_of(marked))
    was, now = again.points["sound", UNIT]
    assert now == was + 20
    assert gradebook_of(marked)["sound"]["grades"]["voice-written"][1] == 2.0


@pytest.mark.parametrize("at", ["gradebook", "files", "memory"])
def test_killed_at_any_place_and_run_again_it_is_the_same(at, marked, wanted, monkeypatch):
    put_overrides(marked)
    monkeypatch.setattr(readtwice.batches, "BATCH", 3)
    places = {"gradebook": "write_files", "files": "remember", "memory": "remember"}
    real, calls = getattr(readtwice.mark_again, places[at]), []

    def dies(*arguments):
        calls.append(arguments)
        if at == "memory":
            real(*arguments)
        if len(calls) > 1:
            raise KeyboardInterrupt
        if at != "memory":
            real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(readtwice.mark_again, places[at], dies)
        with pytest.raises(KeyboardInterrupt):
            mark_again(marked, units_of(marked))
    assert left_behind(marked) != left_behind(wanted)
    mark_again(marked, units_of(marked))
    assert left_behind(marked) == left_behind(wanted)


def test_a_marked_notebook_that_is_gone_or_broken_is_named_and_the_others_go_on(marked):
    put_overrides(marked)
    gone, broken = (marked / "autograded" / student / UNIT / f"{UNIT}.ipynb" for student in ("sound", "late"))
    gone.unlink()
    broken.chmod(0o644)
    broken.write_text("{", encoding="utf-8")
    again = mark_again(marked, units_of(marked))
    assert sorted(where.split("/")[1] for where, _ in again.attention) == ["late", "sound"]
    assert all("once more" in why or "breaks off" in why for _, why in again.attention)
    assert len(again.points) == len(marked_before(marked)) - 2
    assert gradebook_of(marked)["sound"]["grades"]["voice-written"][1] == 2.0


def test_where_nothing_was_ever_marked_no_gradebook_is_made(course):
    assert mark_again(course, units_of(course)).points == {}
    assert not (course / "gradebook.db").exists()


def test_worker_processes_leave_the_same(tmp_path, monkeypatch):
    here, there = (hand_in_class(copy_course(tmp_path / name), 8) for name in ("here", "there"))
    for course in (here, there):
        mark(course)
        put_overrides(course)
    units = units_of(here)
    monkeypatch.setattr(readtwice.batches, "BATCH", 2)
    mark_again(here, units)
    monkeypatch.setattr(readtwice.batches, "FEWEST_FOR_WORKERS", 2)
    monkeypatch.setattr(readtwice.batches.os, "cpu_count", lambda: 2)
    mark_again(there, units)
    assert left_behind(here) == left_behind(there)
    assert rows(here) == rows(there)


@pytest.mark.slow
def test_nbgraders_own_command_agrees_with_what_the_teacher_accepts(course, submit, master, exercise):
    source = cell(master, "voice-answers")["source"]
    said = "\n".join("5.2: author" if line.startswith("5.2:") else line for line in source.split("\n"))
    submit("anna", answered(exercise, {"voice-answers": said}))
    start_gradebook(course)
    mark(course)
    put_overrides(course)
    mark_again(course, units_of(course))
    ours, grades_before = files_of(course), gradebook_of(course)["anna"]
    nbgrader(course, "autograde", UNIT, "--force")
    nbgrader(course, "generate_feedback", UNIT, "--force")
    assert files_of(course) == ours
    assert gradebook_of(course)["anna"] == grades_before
    with open_gradebook(course) as gradebook:
        assert {g.name: g.auto_score for g in gradebook.find_submission(UNIT, "anna").notebooks[0].grades}["voice"] == 20
