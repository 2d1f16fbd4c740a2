"""Unit 6: a curve of what a student counted, a check of two texts in one cell, and what its tables show."""

from __future__ import annotations

import math
import re
import warnings
from html import unescape

import nbformat
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from test_course_notebooks import executed

import readtwice.notebook
from readtwice import curve, read
from readtwice.answer_cell import answers_magic
from readtwice.answers import read_answers
from readtwice.checks import check
from readtwice.detection import detection
from readtwice.keys import key_path, read_key
from readtwice.marking import mark
from readtwice.notebook import Notebook
from readtwice.schemes import read_scheme
from readtwice.texts import read_text
from readtwice.units import master_path, read_notebook, read_unit, release_path

NAME = "6-the-ask"
LESSON = ROOT / "lessons" / f"{NAME}.ipynb"


@pytest.fixture(autouse=True)
def fresh_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readtwice.notebook, "_here", Notebook())
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def description(html: str) -> str:
    return unescape(re.search(r'role="img" aria-label="([^"]*)"', html)[1])


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=70))
def test_a_curve_tells_every_figure_in_the_order_of_its_rows(numbers):
    shown = curve(pd.Series(numbers, index=[f"{n}.1" for n in range(len(numbers))]), "So far")
    figures = description(shown.html).removeprefix("So far. ").split("; ")
    assert figures == [f"{n}.1: {number:g}" for n, number in enumerate(numbers)]
    marks = re.search(r'<g id="line2d_\d+">(?:(?!<g id="line2d).)*?stroke: #2b5c96(?:(?!<g id="line2d).)*', shown.html, re.DOTALL)
    assert marks[0].count("<use ") == len(numbers)
    assert len(shown.plain.splitlines()) == len(numbers) + 1


@given(st.lists(st.one_of(st.none(), st.just(math.inf), st.floats(0, 1)), max_size=12))
def test_rows_without_a_number_are_left_out_of_a_curve(numbers):
    shown = curve(pd.Series(numbers, dtype="float64"), "So far")
    there = [f"{n}: {number:g}" for n, number in enumerate(numbers) if number is not None and math.isfinite(number)]
    if there:
        assert description(shown.html) == f"So far. {'; '.join(there)}"
    else:
        assert "nothing to draw yet" in shown.plain
        assert "<svg" not in shown.html


@pytest.mark.parametrize(
    ("data", "called"),
    [
        (pd.DataFrame({"asks": [1, 2]}), "a DataFrame"),
        ([1, 2], "a list"),
        (None, "a NoneType"),
        (pd.Series(["1", "2"]), "a column without numbers"),
        (pd.Series([True, False]), "a column without numbers"),
        (pd.Series([1.0]).to_numpy(), "a ndarray"),
    ],
)
def test_what_is_no_column_of_numbers_is_refused_with_a_sentence(data, called):
    shown = curve(data, "So far")
    assert shown.plain.startswith("A curve needs one column of numbers")
    assert shown.plain.endswith(f"This is {called}.")
    assert "<svg" not in shown.html


def test_a_curve_escapes_its_words_names_its_text_and_is_the_same_each_time():
    series = pd.Series([0.0, 1.0], index=["<script>", "b"])
    assert "invented" not in curve(series, "x").html
    read("harbour")
    shown = curve(series, "<b>So far</b>")
    assert "<script>" not in shown.html
    assert "<b>So far" not in shown.html
    assert "The town, the people and the quarrel are invented." in shown.html
    assert shown == curve(series, "<b>So far</b>")


def test_a_column_that_falls_below_zero_is_drawn_whole():
    low, high = (curve(pd.Series(numbers, index=["a", "b", "c"]), "x").html for numbers in ([-3.0, 0.0, 2.0], [0.0, 1.0, 2.0]))
    assert "−3" in low
    assert "−" not in high


def test_a_cell_that_checks_two_texts_shows_both_and_the_next_cell_begins_anew(shell: InteractiveShell):
    for source in (
        "%load_ext readtwice",
        "from readtwice import check, read\ntext, report = read('harbour'), read('harbour-report')",
        "%%answers move\n3.3:\n9.1:",
        "%%answers move harbour-report\n2.1: none\n2.2:",
    ):
        assert shell.run_cell(source).success
    both = shell.run_cell("check('move')\ncheck('move', 'harbour-report')").result
    report = read_text("harbour-report")
    own, other = both.plain.split(f"On “{report.title}”:\n")
    assert "Still open: T, 1.1" in own
    assert "Still open: T, 1.1" in other
    assert "1 of 29 sentences answered." in other
    assert both.html.count("<ul>") == 2
    assert shell.run_cell("check('move')").result.plain.strip() == own.strip()


def test_outside_a_cell_a_check_says_what_it_was_asked_and_no_more():
    read("harbour")
    answers_magic("move", "3.3:")
    assert check("move").plain == check("move").plain


def test_both_texts_are_marked_for_a_point_an_item():
    unit = read_unit(ROOT, NAME)
    assert {task.test: (len(task.asked), task.points) for task in unit.tasks} == {"move": (23, 23), "call": (16, 16)}
    assert [part.text.name for part in unit.tasks[0].parts][1:] == ["harbour-report"]
    for path in (master_path(ROOT, NAME), release_path(ROOT, NAME)):
        opens = [c["source"] for c in read_notebook(path)["cells"] if "read(" in c["source"]]
        assert len(opens) == 1  # the report is opened after the article, so that it never becomes the notebook's own text
        assert opens[0].index('"harbour-report"') > opens[0].index('text = read("')


def key_of(name: str, layer: str):
    text, scheme = read_text(name), read_scheme(layer)
    return read_key(key_path(text, layer, ROOT / "solutions"), scheme, text)


def shown(notebook, name: str):
    """The last thing that a cell shows, as text."""
    return next(c for c in notebook.cells if c.id == name).outputs[-1]["data"]["text/plain"]


@pytest.mark.slow
def test_the_masters_tables_show_that_calls_gather_late_and_that_the_article_pushes_more_often(tmp_path):
    notebook = executed(master_path(ROOT, NAME), tmp_path)
    assert float(shown(notebook, "u6-late-share")) > 2 * 0.2
    shares = dict(re.findall(r"(?m)^(article|fair report) +([\d.]+)$", shown(notebook, "u6-share")))
    assert float(shares["article"]) > 2 * float(shares["fair report"]) > 0
    own = read_unit(ROOT, NAME).tasks[0].text.name
    for name, said in ((own, shares["article"]), ("harbour-report", shares["fair report"])):
        labels = [row.label for row in key_of(name, "move").rows.values()]
        assert float(said) == round(sum(label != "none" for label in labels) / len(labels), 2)


@pytest.mark.slow
def test_the_lessons_table_of_hits_and_false_alarms_counts_as_the_feedback_page_does(tmp_path):
    """Filled in by a reader who misses some pushes and sees others where there are none."""
    key, scheme = key_of("harbour", "move"), read_scheme("move")
    notebook = read_notebook(LESSON)
    cell = next(c for c in notebook["cells"] if c["id"] == "l6-move")
    asked = re.findall(r"(?m)^([\d.]+):$", cell["source"])
    wrong = {"7.2": "none", "9.1": "justify | An", "14.2": "wording | lorries", "16.2": "none"}
    said = {item: wrong.get(item, f"{key.rows[item].label} | {key.rows[item].detail}".rstrip(" |")) for item in asked}
    filled = re.sub(r"(?m)^([\d.]+):$", lambda found: f"{found[1]}: {said[found[1]]}", cell["source"])
    found = detection(mark(answers_of(filled), key.only(asked), scheme), key)
    assert (found.misses, found.false_alarms) == (2, 2)
    table = shown(executed_lesson(filled, tmp_path), "l6-detect-cross")
    rows = {row: [int(n) for n in numbers.split()] for row, numbers in re.findall(r"(?m)^(none|push) +([\d ]+)$", table)}
    assert rows == {"none": [found.rejections, found.false_alarms], "push": [found.misses, found.hits]}


def answers_of(source: str):
    return read_answers(source, read_scheme("move"), read_text("harbour"))


def executed_lesson(filled: str, tmp_path):
    notebook = nbformat.read(LESSON, as_version=4)
    next(c for c in notebook.cells if c.id == "l6-move").source = filled
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    return notebook


def test_the_lesson_asks_no_sentence_that_the_key_leaves_between_a_push_and_none():
    """There a reader can do neither well nor badly, and the table of hits and false alarms would say otherwise."""
    key = key_of("harbour", "move")
    source = next(c["source"] for c in read_notebook(LESSON)["cells"] if c["id"] == "l6-move")
    asked = re.findall(r"(?m)^([\d.]+):$", source)
    assert len(asked) == 12
    rights = [{key.rows[item].label, *key.rows[item].accept} for item in asked]
    assert all("none" not in right or right == {"none"} for right in rights)
    assert sum(right == {"none"} for right in rights) >= 5


def test_figures_that_the_lesson_tells_are_those_of_the_key():
    asks = [item for item, row in key_of("harbour", "call").rows.items() if row.label != "0" and item != "T"]
    last = read_text("harbour").items[-4:]
    assert (len(asks), len(set(asks) & set(last))) == (6, 4)


def test_a_running_share_of_no_calls_at_all_makes_no_noise():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asks = pd.Series([False, False])
        assert "nothing to draw yet" in curve(asks.cumsum() / asks.sum(), "x").plain
