"""The demonstration: the same seed gives the same class, each way of reading earns what it should, nothing else is touched."""

from __future__ import annotations

import json
import random
from pathlib import Path
from statistics import mean

import pytest
from classes import files_of, start_gradebook
from conftest import UNIT

from readtwice import demo as demonstrating
from readtwice.demo import SIGN, Demo, InTheWay, make_demo
from readtwice.mark_class import mark_class
from readtwice.readers import WAYS, hand_in_of, ways_for


def mark_quickly(source, course, progress):
    start_gradebook(course)
    return mark_class(source, course, progress)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Demo:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(demonstrating, "mark_class", mark_quickly)
        return make_demo(tmp_path_factory.mktemp("demo") / "made", students=30, seed=1)


def points(demo: Demo, way: str) -> list[float]:
    """What the readers with this way of reading earned, of those whose file could be read."""
    assert way in {w.name for w in WAYS}
    return [demo.outcome.points[who, UNIT] for who, w in demo.ways.items() if w.name == way and (who, UNIT) in demo.outcome.points]


def marked_by_program(demo: Demo) -> float:
    return sum(task.points for task in demo.units[UNIT].tasks)


def test_the_same_seed_gives_the_same_class_and_another_seed_another(tmp_path, monkeypatch):
    monkeypatch.setattr(demonstrating, "mark_class", mark_quickly)
    first, again, other = (make_demo(tmp_path / str(n), students=8, seed=seed) for n, seed in enumerate((1, 1, 2)))
    assert first.outcome == again.outcome
    assert files_of(first.folder) == files_of(again.folder)
    assert first.outcome.points != other.outcome.points


def test_a_folder_of_an_earlier_demonstration_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(demonstrating, "mark_class", mark_quickly)
    made = make_demo(tmp_path / "made", students=3, seed=1)
    (made.folder / "left-over.txt").write_text("x")
    assert make_demo(tmp_path / "made", students=2, seed=1).ways.keys() == {"reader-01", "reader-02"}
    assert not (made.folder / "left-over.txt").exists()
    assert not (made.folder / "submitted" / "reader-03").exists()


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("all my work")
    with pytest.raises(InTheWay, match="--to"):
        make_demo(tmp_path, students=2, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert (tmp_path / "thesis.txt").read_text() == "all my work"


def test_the_folder_is_a_course_and_says_that_the_class_is_made_up(demo):
    assert "simulated" in (demo.folder / SIGN).read_text(encoding="utf-8")
    for name in ("nbgrader_config.py", "lessons", "exercises", "solutions", "gradebook.db", "grades.csv", "class-report.html"):
        assert (demo.folder / name).exists(), name
    for way in WAYS:
        assert way in demo.ways.values()


@pytest.mark.parametrize("students", [8, 30, 47])
def test_every_way_of_reading_occurs_in_its_proportion(students):
    ways = ways_for(students)
    assert len(ways) == students
    for way in WAYS:
        assert abs(ways.count(way) - students * way.weight / sum(w.weight for w in WAYS)) <= 1 or students == 8
        assert way in ways


def test_careful_readers_earn_most_and_those_with_one_mistake_less(demo):
    careful = points(demo, "careful")
    for way in ("takes a quotation for the author's claim", "sees distance everywhere", "labels half", "random"):
        assert mean(points(demo, way)) < mean(careful), way
    assert min(careful) > 0.6 * marked_by_program(demo)


def test_labels_without_reading_earn_nothing_or_little(demo):
    assert points(demo, "one label for all") == [0.0]
    assert points(demo, "blank") == [0.0]
    assert mean(points(demo, "random")) <= 0.12 * marked_by_program(demo)


def test_half_the_labels_earn_no_more_than_half_and_not_much_less(demo):
    voice = demo.units[UNIT].tasks[0]
    scores = [demo.marks(who)[voice.test].score for who, way in demo.ways.items() if way.name == "labels half"]
    assert max(scores) <= 0.5
    assert mean(scores) > 0.25


def test_broken_files_are_listed_and_nothing_else_is(demo):
    broken = {who for who, way in demo.ways.items() if way.broken}
    assert {Path(where).parts[0] for where, _ in demo.outcome.attention} == broken
    assert {who for who, _ in demo.outcome.points} == demo.ways.keys() - broken


def test_who_wrote_waits_for_the_teacher_and_who_did_not_does_not(demo):
    for (who, unit), waiting in demo.outcome.by_hand.items():
        assert waiting == (len(demo.units[unit].written) if demo.ways[who].writes else 0)


def test_a_readers_numbers_are_counted_from_that_readers_own_labels(demo):
    """So a careful reader's slips cost nothing a second time."""
    unit = demo.units[UNIT]
    assert all(demo.marks(who)["shares"].score == 1 for who, way in demo.ways.items() if way.name == "careful")
    for way in WAYS:
        hand_in = hand_in_of(way, unit, random.Random(1))
        if way.broken:
            with pytest.raises(json.JSONDecodeError):
                json.loads(hand_in)
        else:
            assert "Made up for the demonstration" in hand_in or not way.writes
