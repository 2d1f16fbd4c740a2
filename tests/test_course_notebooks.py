"""The course's own notebooks: they run, they agree with the keys, and they keep the contract that every one of them keeps."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient

from readtwice.answers import read_answers, read_header
from readtwice.cells import cells_of, grade_id, is_solution, is_test, is_written, nbgrader_of
from readtwice.keys import key_path, read_key
from readtwice.schemes import layer_names, read_scheme
from readtwice.texts import read_text
from readtwice.units import own_text, read_notebook

LESSONS = sorted(ROOT.glob("lessons/*.ipynb"))
EXERCISES = sorted(ROOT.glob("exercises/*/*.ipynb"))
MASTERS = sorted(ROOT.glob("solutions/*/*.ipynb"))
LEAD_IN = range(20, 46)  # words
LONGEST_CODE = 5  # lines


def name_of(path: Path) -> str:
    return f"{path.relative_to(ROOT).parts[0]}-{path.stem}"


every_notebook = pytest.mark.parametrize("path", [*LESSONS, *EXERCISES, *MASTERS], ids=name_of)
for_students = pytest.mark.parametrize("path", [*LESSONS, *EXERCISES], ids=name_of)
graded = pytest.mark.parametrize("path", [*EXERCISES, *MASTERS], ids=name_of)


def label_cells(notebook, path: Path):
    """Scheme, text and source of each answer cell that holds a layer's labels."""
    own = own_text(cells_of(notebook), path.stem)
    for c in notebook["cells"]:
        header = read_header(c["source"]) if c["cell_type"] == "code" else None
        if header and header[0] in layer_names():
            yield read_scheme(header[0]), read_text(header[1]) if header[1] else own, c["source"]


def test_there_is_a_lesson_an_exercise_and_a_master_for_each_unit():
    assert [path.stem for path in EXERCISES] == [path.stem for path in MASTERS] != []
    assert {path.stem for path in EXERCISES} <= {path.stem for path in LESSONS}


def executed(path: Path, tmp_path: Path):
    """The notebook, run from top to bottom in a copy of its folder: a unit may read the notebooks of earlier ones."""
    folder = path.relative_to(ROOT).parts[0]
    shutil.copytree(ROOT / folder, tmp_path / folder)
    files = sorted(tmp_path.rglob("*"))
    place = str((tmp_path / path.relative_to(ROOT)).parent)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": place}}).execute()
    assert sorted(tmp_path.rglob("*")) == files
    return notebook


@pytest.mark.slow
@every_notebook
def test_each_notebook_runs_from_top_to_bottom_without_an_error_or_a_warning(path, tmp_path):
    for c in executed(path, tmp_path).cells:
        for output in c.get("outputs", []):
            assert output.output_type != "error", c.source
            assert output.get("name") != "stderr", output.text
        if c.cell_type == "code":
            assert c.outputs, f"{c.id} shows nothing"


@pytest.mark.slow
@pytest.mark.parametrize("path", MASTERS, ids=name_of)
def test_the_checks_of_a_master_find_nothing_open(path, tmp_path):
    for c in filter(is_test, executed(path, tmp_path).cells):
        (shown,) = c.outputs
        said = shown.data["text/plain"].split("\n")
        assert [line for line in said if not re.fullmatch(r"All \d+ \w+ are answered\.|On “.*”:", line)] == []


@for_students
def test_given_lines_agree_with_the_key_and_the_others_are_open(path):
    notebook = read_notebook(path)
    for scheme, text, source in label_cells(notebook, path):
        key = read_key(key_path(text, scheme.layer, ROOT / "solutions"), scheme, text)
        answers = read_answers(source, scheme, text)
        assert answers.problems == ()
        assert list(answers.rows) == list(key.rows)
        for item, row in answers.rows.items():
            wanted = (key.rows[item].label, key.rows[item].detail) if row.given else ("", "")
            assert (row.label, row.detail) == wanted, item


@for_students
def test_each_label_that_a_text_has_is_asked_for_in_an_answer_cell(path):
    """Lesson 0 only shows how a form works."""
    notebook = read_notebook(path)
    for scheme, text, source in label_cells(notebook, path):
        key = read_key(key_path(text, scheme.layer, ROOT / "solutions"), scheme, text)
        asked = read_answers(source, scheme, text).open(key.rows)
        there = set(scheme.names) if text.for_practice else {row.label for row in key.rows.values()}
        assert {key.rows[item].label for item in asked} == there or path.stem.startswith("0-")


@every_notebook
def test_the_labels_stand_in_each_notebook_in_the_order_in_which_they_are_tried(path):
    notebook = read_notebook(path)
    said = "\n".join(c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown")
    for scheme, _, _ in label_cells(notebook, path):
        if path.stem.startswith("0-"):
            continue  # it shows how a form works, and teaches no layer
        rows = re.findall(r"(?m)^\| `(\w+)` \|", said)  # a notebook may teach two layers
        assert tuple(name for name in rows if name in scheme.names) == scheme.names


@graded
def test_every_graded_cell_is_worth_something_and_has_a_name_of_its_own(path):
    cells = read_notebook(path)["cells"]
    points = {grade_id(c): nbgrader_of(c)["points"] for c in cells if is_test(c) or is_written(c)}
    assert points
    assert all(isinstance(p, (int, float)) and (p > 0) != name.startswith("form-") for name, p in points.items())  # no sheet is graded
    names = [grade_id(c) for c in cells if grade_id(c)]
    assert len(names) == len(set(names))


@graded
def test_each_answer_cell_is_followed_by_its_locked_check_of_one_line(path):
    """Or, where one layer is asked on several texts, those answer cells by one check with a line for each of them."""
    asked = []
    for c in read_notebook(path)["cells"]:
        if is_solution(c) and c["cell_type"] == "code":
            layer, text = read_header(c["source"])
            asked.append(f'check("{layer}", "{text}")' if text else f'check("{layer}")')
        elif is_test(c):
            assert c["source"].split("\n") == asked
            assert nbgrader_of(c)["locked"] is True
            asked = []
    assert asked == []


@graded
def test_the_points_of_each_rubric_are_those_of_its_cell(path):
    cells = read_notebook(path)["cells"]
    for before, c in pairwise(cells):
        if is_written(c):
            levels = [int(n) for n in re.findall(r"(\d+) points?, \**(?:Mastery|Emerging|Beginning)\b", before["source"])]
            assert len(levels) == 3
            assert max(levels) == nbgrader_of(c)["points"]
            assert "Write about the words, not your view." in before["source"]


@every_notebook
def test_code_cells_are_short_except_those_that_hold_answers(path):
    for c in read_notebook(path)["cells"]:
        if c["cell_type"] == "code" and not read_header(c["source"]):
            assert len(c["source"].splitlines()) <= LONGEST_CODE, c["id"]


def words(prose: str) -> int:
    """Number of words: the pieces between spaces with a letter in them, so 4.2 and + are none."""
    return sum(any(sign.isalpha() for sign in piece) for piece in prose.split())


@every_notebook
def test_20_to_45_words_lead_into_each_code_cell(path):
    """Counted from the last heading or blank line of the Markdown cell before it, whichever comes later."""
    cells = read_notebook(path)["cells"]
    assert cells[0]["cell_type"] == "markdown"
    for before, c in pairwise(cells):
        if c["cell_type"] == "code":
            assert before["cell_type"] == "markdown", c["id"]
            lead_in = re.split(r"\n\s*\n|(?m:^#+ .*$)", before["source"].strip())[-1]
            assert words(lead_in) in LEAD_IN, f"{c['id']}: {words(lead_in)} words"


@every_notebook
def test_each_notebook_keeps_the_contract(path):
    cells = [c["source"] for c in read_notebook(path)["cells"] if c["cell_type"] == "markdown"]
    first, last = cells[0], cells[-1]
    for part in ("**Question.**", "**Minutes.**", "**Afterwards you can**", "**You need**"):
        assert first.count(part) == 1, part
    headings = [line.lstrip("# ") for source in cells for line in source.splitlines() if re.match(r"#+ ", line)]
    assert headings.index("The text") < headings.index("What to remember") == len(headings) - 1
    assert any(heading.startswith(("Try", "Task")) for heading in headings)
    assert "20-minute cut" in first
    assert "## What to remember" in last
    assert last.index("*For the teacher.*") > last.index("## What to remember")


@every_notebook
def test_each_notebook_says_what_its_text_is(path):
    notebook = read_notebook(path)
    own = own_text(cells_of(notebook), path.stem)
    prose = " ".join(" ".join(c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown").split())
    if own.for_practice:
        assert "written for this course" in prose
    else:
        assert "Studied, not endorsed" in notebook["cells"][0]["source"]
        assert "no opinion is marked" in prose


@graded
def test_dated_facts_come_before_the_text_and_go_from_2014_to_the_full_scale_invasion(path):
    cells = read_notebook(path)["cells"]
    if own_text(cells, path.stem).name != "russia-must-act":
        pytest.skip("an invented text has no dated facts")
    facts, opens = (next(n for n, c in enumerate(cells) if found in c["source"]) for found in ("What you should know first", "read("))
    assert facts < opens
    years = [int(year) for year in re.findall(r"\*\*[\w ]*?(\d{4})\.\*\*", cells[facts]["source"])]
    assert years == sorted(years)
    assert years[0] == 2014
    assert "24 February 2022" in cells[facts]["source"]


@every_notebook
def test_no_notebook_is_kept_with_outputs_or_counts(path):
    notebook = read_notebook(path)
    for c in notebook["cells"]:
        if c["cell_type"] == "code":
            assert c["outputs"] == []
            assert c["execution_count"] is None
    nbformat.validate(nbformat.from_dict(notebook))
    assert len({c["id"] for c in notebook["cells"]}) == len(notebook["cells"])
