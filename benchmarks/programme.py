"""A programme: how long many students' whole course takes to mark, from the files to gradebook, notebooks, pages, table and report.

Run:  python benchmarks/programme.py  [students, such as 1000 10000]

The students are simulated; some hundred different hand-ins of each unit are dealt to them. Each number of students is marked by one
`readtwice mark` in one course folder. Prints, for each, the time, the time of a hand-in, and the most memory that one process held.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from marking import ROOT, SCRIPTS, machine, timed

from readtwice.course import CONFIG
from readtwice.readers import hand_in_of, ways_for
from readtwice.units import read_unit, unit_names

STUDENTS = (1000, 10_000)
DIFFERENT = 200


def course_with_all_units(students: int, folder: Path) -> Path:
    """A course folder in which so many simulated readers have handed all units in."""
    course = folder / f"programme-{students}"
    course.mkdir()
    for name in ("solutions", "exercises"):
        shutil.copytree(ROOT / name, course / name)
    shutil.copy(ROOT / CONFIG, course)
    ways = [way for way in ways_for(DIFFERENT + DIFFERENT // 10 + 3) if not way.broken][:DIFFERENT]
    for name in unit_names(course):
        unit = read_unit(course, name)
        made = [hand_in_of(way, unit, random.Random(n)).encode() for n, way in enumerate(ways)]
        for n in range(students):
            path = course / "submitted" / f"reader-{n:05}" / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(made[n % len(made)])
    return course


def main(sizes: tuple[int, ...]) -> None:
    print("| students | hand-ins | whole | each hand-in | most memory of a process |\n|---|---|---|---|---|")
    for students in sizes:
        with tempfile.TemporaryDirectory() as name:
            course = course_with_all_units(students, Path(name))
            hand_ins = students * len(unit_names(course))
            seconds, memory = timed([str(SCRIPTS / "readtwice"), "mark", str(course / "submitted")], course)
            pages = sum(1 for _, _, files in os.walk(course / "feedback") for file in files if file.endswith(".html"))
            if pages != hand_ins:
                raise SystemExit(f"{pages} pages for {hand_ins} hand-ins")
        print(f"| {students} | {hand_ins} | {seconds:.0f} s | {1000 * seconds / hand_ins:.2f} ms | {memory:.0f} MB |", flush=True)
    print(f"\nMeasured on {machine()}.")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or STUDENTS)
