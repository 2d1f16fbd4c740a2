"""The workshop: its plans add up, the notebooks that they name are there, and each 20-minute cut stands on its own."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import ROOT
from IPython.core.interactiveshell import InteractiveShell

from readtwice.answers import read_header
from readtwice.cells import Cell, is_test, is_written, nbgrader_of
from readtwice.shown import Shown
from readtwice.units import read_notebook

LESSONS = ROOT / "lessons"
WORKSHOP = (LESSONS / "WORKSHOP.md").read_text(encoding="utf-8")
CUT = "The 20-minute cut ends here"
ALL_POINTS_BEFORE = re.compile(r"all\s+the\s+points\s+lie\s+before|brings\s+no\s+points", re.IGNORECASE)
UNITS = ["1", "2", "4", "6"]
LONGEST = 20  # minutes of a cut


class Row(NamedTuple):
    """One row of a plan, times in minutes."""

    start: int
    minutes: int
    what: str
    notebooks: tuple[Path, ...]


def part(heading: str) -> str:
    """What stands under a heading of WORKSHOP.md, the heading with it."""
    return re.search(rf"(?ms)^## {heading}.*?(?=^## |\Z)", WORKSHOP)[0]


def clock(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


def plan(heading: str) -> list[Row]:
    """The rows of the minute plan under a heading: those that start with a time and give minutes and a notebook."""
    rows = re.findall(r"(?m)^\| (\d:\d\d) \| (\d+) \| (.+) \| ([^|]+) \|$", part(heading))
    return [
        Row(clock(start), int(minutes), what, tuple((LESSONS / link).resolve() for link in re.findall(r"\]\(([^)]+)\)", links)))
        for start, minutes, what, links in rows
    ]


HALF_DAY, TASTER = plan("Half a day"), plan("A taster")
PLANNED = [path for row in HALF_DAY for path in row.notebooks]
NOTEBOOKS = [*LESSONS.glob("*.ipynb"), *ROOT.glob("exercises/*/*.ipynb")]
CUTS = sorted({*PLANNED, *(path for path in NOTEBOOKS if CUT in path.read_text(encoding="utf-8"))})
each_cut = pytest.mark.parametrize("path", CUTS, ids=lambda path: f"{path.relative_to(ROOT).parts[0]}-{path.stem}")


def is_cut(cell: Cell) -> bool:
    return cell["cell_type"] == "markdown" and cell["source"].startswith(f"**{CUT}.**")


def halves(path: Path) -> tuple[list[Cell], list[Cell]]:
    """The cells of a notebook before its cut and from it on."""
    cells = read_notebook(path)["cells"]
    (at,) = [n for n, cell in enumerate(cells) if is_cut(cell)]
    return cells[:at], cells[at:]


def graded(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if (is_test(cell) or is_written(cell)) and nbgrader_of(cell)["points"] > 0]


@pytest.mark.parametrize("rows", [HALF_DAY, TASTER], ids=["half a day", "taster"])
def test_each_row_of_a_plan_begins_when_the_one_before_ends(rows):
    assert len(rows) > 5
    assert [row.start for row in rows] == [sum(row.minutes for row in rows[:n]) for n in range(len(rows))]


def test_the_minutes_of_the_plans_add_up_to_what_their_headings_say():
    hours, minutes = re.search(r"^## Half a day: (\d+) hours (\d+) minutes$", WORKSHOP, re.MULTILINE).groups()
    assert sum(row.minutes for row in HALF_DAY) == 60 * int(hours) + int(minutes)
    (minutes,) = re.search(r"^## A taster: unit 2 in (\d+) minutes$", WORKSHOP, re.MULTILINE).groups()
    assert sum(row.minutes for row in TASTER) == int(minutes)


def test_minutes_in_brackets_fit_into_their_row():
    inside = [(row, sum(map(int, re.findall(r"\((\d+)\)", row.what)))) for row in HALF_DAY]
    assert [total for _, total in inside if total] != []
    assert [row.what for row, total in inside if total not in (0, row.minutes)] == []


def test_the_units_of_the_half_day_are_taught_in_their_order_and_each_from_its_lesson():
    taught = [row for row in HALF_DAY if row.what.startswith("**Unit")]
    assert [re.match(r"\*\*Unit (\d), to its cut\.\*\*", row.what)[1] for row in taught] == UNITS
    assert [[path.name[:2] for path in row.notebooks] for row in taught] == [[f"{unit}-"] for unit in UNITS]
    assert all(path.parent == LESSONS for row in taught for path in row.notebooks)
    assert {row.minutes for row in taught} == {LONGEST}


def test_a_row_that_works_to_a_cut_names_its_notebook():
    assert [row.what for row in HALF_DAY if ("to its cut" in row.what) != bool(row.notebooks)] == []


def test_there_is_a_break_at_least_every_75_minutes_until_the_talk():
    breaks = [row.start for row in HALF_DAY if row.what.startswith("Break")]
    talk = next(row.start for row in HALF_DAY if row.what.startswith("Talk"))
    times = [0, *breaks, talk]
    assert len(breaks) == 2
    assert max(after - before for before, after in pairwise(times)) <= 75


def test_what_is_left_out_is_decided_when_a_row_begins_and_has_not_begun_before():
    late = [(clock(at), what) for at, what in re.findall(r"(?m)^\| (\d:\d\d) \| \d+ \| (.+) \|$", part("Half a day")) if " | " not in what]
    assert len(late) >= 4
    assert [at for at, _ in late] == sorted(at for at, _ in late)
    assert {at for at, _ in late} <= {row.start for row in HALF_DAY}
    assert not any(re.search(r"break|rule for stopping|dated facts|last talk", what) for _, what in late)


def test_every_link_of_the_workshop_leads_somewhere():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", WORKSHOP) if not link.startswith("http")]
    assert len(links) >= len(PLANNED)
    assert [link for link in links if not (LESSONS / link).exists()] == []


def test_the_workshop_is_linked_from_both_readmes_and_from_teaching():
    for name, link in (("README.md", "lessons/WORKSHOP.md"), ("TEACHING.md", "lessons/WORKSHOP.md"), ("lessons/README.md", "WORKSHOP.md")):
        assert f"]({link})" in (ROOT / name).read_text(encoding="utf-8"), name


@each_cut
def test_the_first_lines_of_a_notebook_say_where_its_cut_ends_and_it_ends_once(path):
    before, after = halves(path)
    assert CUT in " ".join(before[0]["source"].split())
    assert after[1:] != []


@each_cut
def test_what_comes_before_the_cut_runs_alone_in_ipython(path, shell: InteractiveShell, monkeypatch, capsys):
    """Without a kernel, in a fresh IPython; a notebook may look for those of earlier units in the folders beside its own."""
    monkeypatch.chdir(path.parent)
    shell.run_cell("%load_ext readtwice", silent=True)
    shown = []
    for cell in halves(path)[0]:
        if cell["cell_type"] == "code":
            result = shell.run_cell(cell["source"])
            assert result.success, cell["id"]
            assert result.result is not None, f"{cell['id']} shows nothing"
            shown.append(result.result)
    assert capsys.readouterr().err == ""
    assert any(isinstance(each, Shown) and "answered" in each.plain for each in shown)


@each_cut
def test_what_is_tried_before_the_cut_is_also_checked_before_it(path):
    code = [cell["source"] for cell in halves(path)[0] if cell["cell_type"] == "code"]
    tried = [(n, header) for n, source in enumerate(code) if (header := read_header(source))]
    assert tried != []
    for n, (layer, text) in tried:
        wanted = rf'check\("{layer}"' + (rf', "{text}"' if text else "") + r"\)"
        assert any(re.search(wanted, source) for source in code[n + 1 :]), layer


@each_cut
def test_a_notebook_with_points_has_some_before_its_cut_and_all_where_it_says_so(path):
    before, after = halves(path)
    if not graded([*before, *after]):
        assert path.parent == LESSONS
        return
    assert graded(before) != []
    says_so = any(ALL_POINTS_BEFORE.search(cell["source"]) for cell in [*before, *after] if cell["cell_type"] == "markdown")
    assert not (says_so and graded(after)), [cell["id"] for cell in graded(after)]


def test_exercise_2_says_that_all_its_points_lie_before_the_cut():
    """So the test above looks at something."""
    before, after = halves(ROOT / "exercises/2-what-kind-of-statement/2-what-kind-of-statement.ipynb")
    assert ALL_POINTS_BEFORE.search(before[0]["source"])
    assert graded(before) != [] == graded(after)
