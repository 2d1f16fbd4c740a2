"""How long marking takes, beside nbgrader and beside the least that any program must do: read and validate each file.

Run:  python benchmarks/marking.py  [sizes of the class for `readtwice mark`, such as 30 300]

Everything runs in this one run on this machine, each measure in a process of its own, on simulated hand-ins of unit 2. Two class
sizes tell start-up and the cost of one hand-in (the slope) apart. Prints the table that stands in README.
"""

from __future__ import annotations

import json
import os
import platform
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from readtwice.course import CONFIG
from readtwice.gradebook import open_gradebook
from readtwice.readers import hand_in_of, ways_for
from readtwice.units import read_unit

ROOT = Path(__file__).resolve().parent.parent
UNIT = "2-what-kind-of-statement"
SCRIPTS = Path(sysconfig.get_path("scripts"))
STOCK = (30, 100)
STEPS = (30, 300)
MARK = (30, 300, 3000, 10_000)
FLOOR = (300, 3000)
STOCK_CONFIG = "c = get_config()\nc.CourseDirectory.source_directory = 'solutions'\nc.CourseDirectory.release_directory = 'exercises'\n"
READ_AND_VALIDATE = """
import sys, nbformat
from pathlib import Path
for path in Path(sys.argv[1]).glob("*/*/*.ipynb"):
    nbformat.validate(nbformat.reads(path.read_text(encoding="utf-8"), as_version=4))
"""


def course_with(students: int, folder: Path) -> Path:
    """A course folder in which so many simulated readers have handed unit 2 in, none of them a broken file."""
    course = folder / f"course-{students}"
    course.mkdir()
    for name in ("solutions", "exercises"):
        (course / name).mkdir()
        shutil.copytree(ROOT / name / UNIT, course / name / UNIT)
    shutil.copytree(ROOT / "solutions" / "keys", course / "solutions" / "keys")
    shutil.copy(ROOT / CONFIG, course)
    unit = read_unit(course, UNIT)
    ways = [way for way in ways_for(students + students // 10 + 3) if not way.broken][:students]
    for n, way in enumerate(ways):
        path = course / "submitted" / f"reader-{n:05}" / UNIT / f"{UNIT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(hand_in_of(way, unit, random.Random(n)), encoding="utf-8")
    open_gradebook(course).close()
    return course


def timed(command: list[str], course: Path) -> tuple[float, float]:
    """Seconds of a command run in a course folder, and the most memory in MB that one of its processes held."""
    environment = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, cwd=course, env=environment, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(child.pid, 0)  # its own memory and its children's, not that of an earlier command
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{said.read().decode()[-2000:]}")
    return seconds, used.ru_maxrss / 1024


def measured(name: str, sizes: tuple[int, ...], command: list[str], folder: Path, prepare=lambda course: None) -> dict:
    seconds, memory = [], []
    for students in sizes:
        course = course_with(students, folder)
        prepare(course)
        one = timed([part.replace("COURSE", str(course)) for part in command], course)
        seconds.append(one[0])
        memory.append(one[1])
        shutil.rmtree(course)
        print(f"  {name}, {students} hand-ins: {one[0]:.1f} s, {one[1]:.0f} MB", file=sys.stderr)
    each = (seconds[-1] - seconds[0]) / (sizes[-1] - sizes[0])
    return {"name": name, "sizes": sizes, "seconds": seconds, "each": each, "start": seconds[0] - each * sizes[0], "memory": memory[-1]}


def stock(course: Path) -> None:
    (course / CONFIG).write_text(STOCK_CONFIG, encoding="utf-8")
    timed([str(SCRIPTS / "nbgrader"), "generate_assignment", UNIT, "--force"], course)


def with_our_steps(course: Path) -> None:
    timed([str(SCRIPTS / "nbgrader"), "generate_assignment", UNIT, "--force"], course)


def table(rows: list[dict]) -> str:
    floor, slowest = rows[0]["each"], rows[1]["each"]
    lines = [
        "| | a class of 30 | start-up | each hand-in | × floor | faster than stock | most memory of a process |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        thirty = f"{row['seconds'][0]:.1f} s" if row["sizes"][0] == 30 else "–"
        lines.append(
            f"| {row['name']} | {thirty} | {max(row['start'], 0):.1f} s | {1000 * row['each']:.2f} ms | {row['each'] / floor:.1f} | "
            f"{slowest / row['each']:.0f} × | {row['memory']:.0f} MB |"
        )
    return "\n".join(lines)


def machine() -> str:
    """What this was measured on."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    cpu = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.processor())
    return f"{os.cpu_count()} cores ({cpu}), Python {platform.python_version()}, {platform.system()}"


def main(mark_sizes: tuple[int, ...]) -> None:
    nbgrader = str(SCRIPTS / "nbgrader")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            measured("floor: nbformat reads and validates", FLOOR, [sys.executable, "-c", READ_AND_VALIDATE, "COURSE/submitted"], folder),
            measured("stock `nbgrader autograde`", STOCK, [nbgrader, "autograde", UNIT], folder, stock),
            measured("`nbgrader autograde` with our steps", STEPS, [nbgrader, "autograde", UNIT], folder, with_our_steps),
            measured("`readtwice mark`", mark_sizes, [str(SCRIPTS / "readtwice"), "mark", "COURSE/submitted"], folder),
        ]
    print(table(rows))
    print(f"\nMeasured on {machine()}.")
    print(json.dumps({row["name"]: [round(s, 2) for s in row["seconds"]] for row in rows}), file=sys.stderr)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or MARK)
