"""The marking broken in small ways, each of which the tests must notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.slow

BREAKAGES = {
    "accepted and near labels swapped": (
        "keys.py",
        "if label == self.label or label in self.accept:\n            return 2\n        return 1 if label in self.near else 0",
        "if label == self.label or label in self.near:\n            return 2\n        return 1 if label in self.accept else 0",
    ),
    "chance not taken off": (
        "marking.py",
        "return max(0, n * earned - dealt) / (full - dealt) if dealt < full else 0.0",
        "return earned / (2 * n) if n else 0.0",
    ),
    "a score below nothing": ("marking.py", "max(0, n * earned - dealt)", "(n * earned - dealt)"),
    "blanks cost nothing": ("marking.py", "score *= len(answered) / len(marked)", "pass"),
    "details ignored": ("marking.py", "score *= (1 + sum(details) / len(details)) / 2", "pass"),
    "details asked where the label is wrong": (
        "marking.py",
        "if halves and scheme[answer.label].asks_detail",
        "if scheme[answer.label].asks_detail",
    ),
    "trigger words need not stand in the sentence": (
        "details.py",
        "return bool(copied) and all(stands_in(part, sentence) for part in copied)",
        "return bool(copied)",
    ),
    "one copied piece that stands in the sentence is enough": (
        "details.py",
        "return bool(copied) and all(stands_in",
        "return bool(copied) and any(stands_in",
    ),
    "one slot of a call is enough": (
        "details.py",
        "return len(slots_right(said, right, also)) / len(SLOTS)",
        "return float(bool(slots_right(said, right, also)))",
    ),
    "errors in labels cost a second time in numbers": (
        "numbers.py",
        "counted = {self.line.format(name): value for",
        "counted = {self.line.format(name): 0.9 * value for",
    ),
    "a quotation without a name counts for the author": ("numbers.py", "return (detail or NO_NAME) if", "return (detail or AUTHOR) if"),
    "a label that comes near is counted as right": (
        "marking.py",
        "return sum(row.credit == 1 for row in self.rows)",
        "return sum(bool(row.credit) for row in self.rows)",
    ),
    "labels that guess carry numbers": ("marking.py", "CARRY_FROM = 0.2", "CARRY_FROM = 0.0"),
    "a false alarm counts as a hit": (
        "detection.py",
        "counts[nothing not in right, row.answer != nothing] += 1",
        "counts[True, row.answer != nothing] += 1",
    ),
    "a reason that does not fit earns credit": (
        "choices.py",
        "halves = row.halves(answer.label) if fits else 0",
        "halves = row.halves(answer.label)",
    ),
    "copied words need not meet": ("choices.py", "FULL, HALF = 0.8, 0.5", "FULL, HALF = 0.3, 0.1"),
    "the card of an omission is not looked at": (
        "choices.py",
        'labels.get(said.casefold().rstrip("."), 0.0)',
        'labels.get(said.casefold().rstrip("."), 1.0)',
    ),
    "an answer given by the notebook is marked too": (
        "answers.py",
        "rows[item] = Answer(item, label, detail, given, number,",
        "rows[item] = Answer(item, label, detail, False, number,",
    ),
    "the commonest confusion is the cheapest": ("confusions.py", "pair = max(cost", "pair = min(cost"),
    "the points of a score are not held in bounds": (
        "feedback.py",
        "return round(min(max(float(marks.score) * points, 0.0), float(points)), 2)",
        "return round(float(marks.score) * points * 1.01, 2)",
    ),
}
WATCHED = ("marking", "details", "numbers", "detection", "choices", "confusions", "answers", "every_layer", "hand_in", "misreadings")


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    to = tmp_path_factory.mktemp("broken") / "course"
    kept = shutil.ignore_patterns("__pycache__", ".*", "demo-course", "test-results")
    return Path(shutil.copytree(ROOT, to, ignore=kept))


def run(course: Path, first: str = "") -> subprocess.CompletedProcess[str]:
    """The tests of the marking on a copy of the course, those of the broken module first."""
    files = [f"tests/test_{name}.py" for name in sorted(WATCHED, key=lambda name: name != first)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not browser", *files],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(course)},
        capture_output=True,
        text=True,
    )


def test_the_sound_copy_passes(copy):
    ran = run(copy)
    assert ran.returncode == 0, ran.stdout[-2000:]


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_breakage_of_the_marking_is_noticed(breakage, copy):
    module, sound, broken = BREAKAGES[breakage]
    path = copy / "readtwice" / module
    source = path.read_text(encoding="utf-8")
    assert source.count(sound) == 1
    path.write_text(source.replace(sound, broken), encoding="utf-8")
    try:
        ran = run(copy, path.stem)
    finally:
        path.write_text(source, encoding="utf-8")
    assert ran.returncode == 1, ran.stdout[-2000:]  # 1: a test failed; other codes: pytest itself did
