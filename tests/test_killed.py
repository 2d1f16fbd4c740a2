"""Killed at any moment and run again: the same as never killed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from classes import files_of, grades, start_gradebook
from conftest import copy_course, hand_in_class
from test_beyond_one_machine import rows

import readtwice.batches
from readtwice.mark_class import mark_class

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]

KILLS = int(os.environ.get("READTWICE_KILLS", "12"))


def marked_by_a_child(course: Path, dies_after: float | None = None) -> tuple[bool, float]:
    """Mark in a process of its own, and kill it there and then; whether it was killed, and how long it lived."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            mark_class(course / "submitted", course)
            os._exit(0)
        finally:
            os._exit(1)
    if dies_after is not None:
        time.sleep(dies_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if dies_after is None:
        assert status == 0
    return os.WIFSIGNALED(status), time.monotonic() - began


def left_behind(course: Path) -> tuple:
    return files_of(course), grades(course), rows(course)


def test_a_killed_command_can_be_run_again(tmp_path, monkeypatch):
    monkeypatch.setattr(readtwice.batches, "BATCH", 2)
    never = hand_in_class(copy_course(tmp_path / "never"), 16)
    start_gradebook(never)
    _, takes = marked_by_a_child(never)
    expected, draw, killed = left_behind(never), random.Random(8), 0
    for n in range(KILLS):
        course = tmp_path / f"killed-{n}"
        shutil.copytree(never / "submitted", course / "submitted")
        for name in ("exercises", "solutions"):
            shutil.copytree(never / name, course / name)
        shutil.copy(never / "nbgrader_config.py", course)
        start_gradebook(course)
        for _ in range(draw.choice((1, 1, 2))):
            killed += marked_by_a_child(course, draw.uniform(0, takes))[0]
        marked_by_a_child(course)
        assert left_behind(course) == expected
        shutil.rmtree(course)
    assert killed > KILLS / 2
