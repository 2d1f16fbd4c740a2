"""The demonstration: a course folder with a class of simulated readers, marked."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from readtwice.course import copy_course, course_source
from readtwice.mark_class import mark_class
from readtwice.marking import Marks
from readtwice.outcome import Outcome
from readtwice.places import marks_of
from readtwice.readers import Way, hand_in_of, ways_for
from readtwice.report import write_reports
from readtwice.units import Unit, read_unit

SIGN = ".readtwice-demo"
MADE_UP = "This class is simulated. Every hand-in in submitted/ was made up by `readtwice demo`.\n"


class InTheWay(ValueError):
    """The demonstration would overwrite something that it did not make."""


UNIT = "1-whose-voice"  # the simulated ways of reading are about voices


@dataclass(frozen=True)
class Demo:
    """A marked demonstration: where it lies, how each reader reads, and what came of it."""

    folder: Path
    ways: dict[str, Way]
    units: dict[str, Unit]
    outcome: Outcome

    def marks(self, student: str) -> dict[str, Marks]:
        """What a reader's hand-in got, by test cell."""
        return marks_of(self.folder, (student, UNIT), self.units[UNIT])


def make_demo(folder: Path, students: int, seed: int, progress: Callable[[int, int], None] = lambda done, of: None) -> Demo:
    """Write a course folder, let simulated readers hand in, and mark them; raises InTheWay.

    The same seed gives the same class. A folder from an earlier demonstration is replaced; any other
    folder that holds something is left alone.
    """
    if folder.exists() and not (folder / SIGN).is_file() and (folder.is_file() or any(folder.iterdir())):
        raise InTheWay(f"{folder} holds something that this command did not make. Name another folder with --to.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / SIGN).write_text(MADE_UP, encoding="utf-8")
    copy_course(course_source(), folder)

    units = {UNIT: read_unit(folder, UNIT)}
    ways = {f"reader-{n:02}": way for n, way in enumerate(ways_for(students), start=1)}
    for student, way in ways.items():
        for name, unit in units.items():
            path = folder / "submitted" / student / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(hand_in_of(way, unit, random.Random(f"{seed} {student} {name}")), encoding="utf-8")
    outcome = mark_class(folder / "submitted", folder, progress)
    write_reports(folder, units, outcome)
    return Demo(folder, ways, units, outcome)
