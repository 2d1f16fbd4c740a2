"""Unit 4: what its lesson says of the labels follows from the keys, its tables show what a careful reader finds, its cut holds."""

from __future__ import annotations

import re
import shutil
from collections import Counter

import pandas as pd
import pytest
from conftest import ROOT, copy_course

import readtwice.notebook
from readtwice.answer_cell import answers_magic
from readtwice.build import build, notebook_bytes
from readtwice.checks import check
from readtwice.hand_in import mark_tasks, restore
from readtwice.kinds import kind_of
from readtwice.leaks import leaks
from readtwice.masters import fill, put_text
from readtwice.notebook import Notebook, read
from readtwice.texts import read_text
from readtwice.units import master_path, read_notebook, read_unit, release_path, unit_names

NAME = "4-evidence-and-support"
EARLIER = "2-what-kind-of-statement"
LESSON = ROOT / "lessons" / f"{NAME}.ipynb"
CUT = "**The 20-minute cut ends here.**"
GRADED = ("russia-must-act", "parallel")


@pytest.fixture(autouse=True)
def fresh_kernel(monkeypatch):
    monkeypatch.setattr(readtwice.notebook, "_here", Notebook())


@pytest.fixture(scope="module")
def courses(tmp_path_factory):
    """This unit on each graded text, built once, with the notebook of unit 2 that one of its tables reads."""
    made = {}
    for text in GRADED:
        made[text] = copy_course(tmp_path_factory.mktemp(text) / "course")
        for name in unit_names(made[text]):
            if name != NAME:
                shutil.rmtree(made[text] / "exercises" / name)
                shutil.rmtree(made[text] / "solutions" / name)
        build(made[text], text)
        earlier = read_notebook(master_path(ROOT, EARLIER))
        put_text(earlier, EARLIER, text)
        fill(earlier, EARLIER, ROOT / "solutions")
        master_path(made[text], EARLIER).parent.mkdir()
        master_path(made[text], EARLIER).write_bytes(notebook_bytes(earlier))
    return made


def prose() -> str:
    return " ".join(" ".join(c["source"] for c in read_notebook(LESSON)["cells"] if c["cell_type"] == "markdown").split())


def rows_of(layer: str, name: str = "harbour"):
    return kind_of(layer, read_text(name)).key(ROOT / "solutions").rows.values()


def traces(name: str = "harbour") -> dict[str, str]:
    return {row.item: row.detail or "unsourced" for row in rows_of("evidence", name)}


def run_cells(cells) -> dict[str, object]:
    """Run code cells as a notebook does, without its magic, and hand back what they made; the last value of each by cell id."""
    made: dict[str, object] = {}
    shown: dict[str, object] = {}
    for c in cells:
        if c["cell_type"] != "code":
            continue
        first, _, rest = c["source"].partition("\n")
        if first.startswith("%%answers"):
            shown[c["id"]] = answers_magic(first.removeprefix("%%answers "), rest)
            continue
        *body, last = c["source"].split("\n")
        exec("\n".join(body), made)  # our own notebook, never a student's
        try:
            shown[c["id"]] = eval(last, made)
        except SyntaxError:
            exec(last, made)
    return shown


# The lesson says what the keys say


def test_the_figures_of_the_lesson_are_those_of_the_key():
    said, found = prose(), Counter(traces().values())
    assert f"Of {found.total()} claims, {found['findable']} have backing that a reader could find, and {found['unsourced']} have no" in said
    documents = [traces()[row.item] for row in rows_of("evidence") if row.label == "document"]
    assert (len(documents), set(documents)) == (3, {"findable"})
    kinds = {row.item: row.label for row in rows_of("statement")}
    checkable = [trace == "findable" for item, trace in traces().items() if kinds[item] == "checkable"]
    others = [trace == "findable" for item, trace in traces().items() if kinds[item] != "checkable"]
    assert f"Of {len(checkable)} `checkable` claims, {sum(checkable)} have findable backing." in said
    assert f"Of the {len(others)} others, {sum(others)} has." in said
    labels, gaps = (Counter(getattr(row, half) for row in rows_of("support")) for half in ("label", "detail"))
    assert f"{labels['supports']} pairs of {labels.total()} support their claim, and {labels['leans']} lean." in said
    assert gaps.most_common(1)[0][0] == "link"


def test_the_three_claims_and_three_pairs_of_the_demonstration_are_labelled_as_the_key_labels_them():
    said = prose()
    for layer, items in (("evidence", ("3.1", "12.1", "7.2")), ("support", ("s2", "s6", "s7"))):
        for row in rows_of(layer):
            if row.item in items:
                part = re.split(r"- \*\*|## ", said.split(f"**{row.item}**" if layer == "evidence" else f"**{row.item}.**")[1])[0]
                assert f"`{row.label}`" in part, row.item
                assert not row.detail or row.detail in part, row.item


def test_two_arrows_are_right_for_one_box_of_the_lesson_and_two_forecasts_have_nothing_below_them():
    rows = {row.item: row for row in rows_of("map")}
    asked = [line.split(":")[0] for c in read_notebook(LESSON)["cells"] for line in c["source"].split("\n") if c["id"] == "l4-map-cell"][1:]
    assert sum(bool(rows[item].accept) for item in asked if not item.startswith("=")) == 1
    evidence = {"9.1", "9.3", "14.1", "14.2"}
    assert not {row.item for row in rows.values() if row.label in ("12.3", "15.1")} & evidence


# What a careful student finds stands in the exercise's own tables


@pytest.mark.parametrize("text", GRADED)
def test_the_tables_show_that_support_is_thin_and_sources_run_out_toward_the_calls(courses, text, monkeypatch):
    path = master_path(courses[text], NAME)
    monkeypatch.chdir(path.parent)
    shown = run_cells([c for c in read_notebook(path)["cells"] if not (only := c["metadata"].get("tags")) or f"only-{text}" in only])
    totals = shown["u4-crosstab"].loc["All"]
    assert totals["unsourced"] > totals["All"] / 2
    halves = shown["u4-half-cell"]
    assert halves.loc["second half", "mean"] < halves.loc["first half", "mean"] / 2
    kinds = shown["u4-merge-cell"]
    assert kinds.loc["policy", "sum"] == 0
    chain = shown["u4-chain-cell"]
    proof = chain[chain["role"] == "evidence"]
    assert (proof["trace"] == "findable").sum() == 1 < len(proof) == 4
    support = pd.Series([row.label for row in rows_of("support", text)]).value_counts()
    assert support["supports"] <= 4 < support["leans"]
    assert "supports" in shown["u4-pairs-cell"].html
    taken = shown[f"u4-take-cell-{text}"].plain
    assert "no longer reaches the call" in taken
    assert "does the call still stand?" in taken


# Marks, the cut, and what students get


@pytest.mark.parametrize("text", GRADED)
def test_the_unit_is_worth_a_point_an_item_on_both_texts(courses, text):
    unit = read_unit(courses[text], NAME)
    assert leaks(courses[text], unit) == []
    assert {task.layer: (task.points, len(task.asked)) for task in unit.tasks} == {"evidence": (9, 9), "support": (6, 6), "map": (6, 6)}
    for path, score in ((master_path, 1.0), (release_path, 0.0)):
        notebook = restore(read_notebook(path(courses[text], NAME)), unit.release)
        assert {marks.score for marks in mark_tasks(notebook, unit).values()} == {score}


@pytest.mark.parametrize("text", GRADED)
def test_an_exercise_holds_the_cells_of_its_own_text_alone(courses, text):
    (other,) = set(GRADED) - {text}
    release = read_notebook(release_path(courses[text], NAME))
    assert f"only-{other}" not in str(release)
    assert sum("argument_map(without" in c["source"] for c in release["cells"]) == 1


@pytest.mark.parametrize("path", [LESSON, release_path(ROOT, NAME)], ids=["lesson", "exercise"])
def test_all_that_stands_before_the_cut_runs_without_what_comes_after_it(path):
    cells = read_notebook(path)["cells"]
    at = next(n for n, c in enumerate(cells) if CUT in c["source"])
    shown = run_cells(cells[:at])
    assert len(shown) == sum(c["cell_type"] == "code" for c in cells[:at])
    points = [c["metadata"]["nbgrader"]["points"] for c in cells[at:] if c["metadata"].get("nbgrader", {}).get("grade")]
    assert points == []


def test_given_arrows_are_drawn_before_a_student_has_drawn_any():
    text = read("russia-must-act")
    answers = next(c["source"] for c in read_notebook(release_path(ROOT, NAME))["cells"] if c["source"].startswith("%%answers map"))
    first, _, rest = answers.partition("\n")
    shown = answers_magic(first.removeprefix("%%answers "), rest)
    assert text.about["notice"] in shown.html
    assert shown.plain.count("because") == 3
    assert "0 of 6 arrows answered." in check("map").plain


def test_the_figures_that_teachers_are_told_are_those_of_the_keys():
    said = " ".join((ROOT / "TEACHING.md").read_text(encoding="utf-8").split("## Unit 4 ·")[1].split("\n## ")[0].split())
    figures = {}
    for name in GRADED:
        text, found = read_text(name), traces(name)
        counts, labels = Counter(found.values()), Counter(row.label for row in rows_of("support", name))
        middle = max(text[item].paragraph for item in found) / 2
        late = [trace for item, trace in found.items() if text[item].paragraph > middle]
        early = [trace for item, trace in found.items() if text[item].paragraph <= middle]
        halves = early.count("findable"), len(early), late.count("findable"), len(late)
        figures[name] = (
            counts["findable"],
            counts["named"],
            counts["unsourced"],
            counts.total(),
            *halves,
            labels["supports"],
            labels["leans"],
        )
    told = re.search(
        r"Of (\d+) claims of the article, (\d+) have .*?, (\d+) name somebody, and (\d+) have no source; in the first half (\d+) of "
        r"(\d+) are findable, in the second (\d+) of (\d+)\. Of 16 pairs, (\d+) support and (\d+) lean\.",
        said,
    )
    total, *others = map(int, told.groups())
    assert (*others[:3], total, *others[3:]) == figures["russia-must-act"]
    told = re.search(r"Parallel text: (\d+), (\d+) and (\d+) of (\d+); (\d+) of (\d+) and (\d+) of (\d+); (\d+) and (\d+) of 16", said)
    assert tuple(map(int, told.groups())) == figures["parallel"]
