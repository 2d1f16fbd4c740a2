"""Marking safely: nothing of a student's runs, acts in a page, stops the class or touches another's marks."""

from __future__ import annotations

import json
import zipfile

import pytest
from classes import grades, mark, marked_notebook, marks, page_of, start_gradebook
from conftest import UNIT, answered, cell
from pages import Page

from readtwice.answers import read_header
from readtwice.cells import is_solution, is_written
from readtwice.gradebook import open_gradebook
from readtwice.hand_in import NOTES
from readtwice.units import read_unit


def test_no_code_of_a_student_runs_or_stays_where_it_could(course, submit, exercise, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    harm = "open('pwned', 'w').write('x')\n%%bash\ntouch pwned\n!touch pwned"
    notebook = answered(exercise, {"voice-answers": f"%%answers voice\n{harm}\n1.3: author", "voice-written": f"```python\n{harm}\n```"})
    cell(notebook, "shares-answers")["source"] = harm
    for at, c in enumerate(
        ({"cell_type": "code", "source": harm}, {"cell_type": "raw", "source": harm}, {"cell_type": "code", "input": harm})
    ):
        notebook["cells"].insert(3 * at, {"id": f"own-{at}", "metadata": {}, **c})
    submit("anna", notebook)
    mark(course)
    assert marks(course, "anna")["voice"].answered == 1
    assert [*tmp_path.rglob("pwned")] == []
    for c in marked_notebook(course, "anna")["cells"]:
        source = c["source"]
        if c["cell_type"] == "code" and is_solution(c):
            assert read_header(source), "an answer cell that is no answer cell any more could run"
        elif is_solution(c) or c["id"] == NOTES:
            assert "open(" not in source
        else:
            assert source == "".join(cell_by_id(exercise, c["id"])["source"])


def cell_by_id(notebook: dict, name: str) -> dict:
    return next(c for c in notebook["cells"] if c["id"] == name)


def test_grades_csv_gives_a_spreadsheet_no_formula(course, submit, master):
    submit("-anna", master)
    start_gradebook(course)
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_student("-anna", last_name='=HYPERLINK("http://x")', first_name="+1+1", email="@SUM(A1)")
    mark(course)
    (row,) = grades(course).values()
    texts = [row[name] for name in ("student_id", "last_name", "first_name", "email")]
    assert texts == ["'-anna", '\'=HYPERLINK("http://x")', "'+1+1", "'@SUM(A1)"]


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_the_page_shows_what_a_student_wrote_as_words_only(course, submit, master):
    voice = cell(master, "voice-answers")
    voice["source"] = voice["source"].replace("2.1: quote | Blinken", f"2.1: quote | {SCRIPT}").replace("1.3: author", f"1.3: {SCRIPT}")
    cell(master, "shares-answers")["source"] = f"%%answers shares\nshare of author: {SCRIPT}\n{SCRIPT}: 1"
    cell(master, "voice-written")["source"] = SCRIPT
    master["cells"].insert(2, {"cell_type": "markdown", "id": "own", "metadata": {}, "source": SCRIPT})
    submit("anna", master)
    mark(course)
    page = Page(page_of(course, "anna"))
    assert not page.elements & {"script", "img", "a", "iframe", "link", "object", "form", "comment"}
    assert not {name for name in page.attributes if name.startswith("on") or name in ("src", "href")}
    assert page.words["main"].count("<script>alert(1)</script>") >= 3
    for c in marked_notebook(course, "anna")["cells"]:
        for output in c.get("outputs", []):
            assert not Page(output["data"]["text/html"]).elements & {"script", "img", "a"}


def test_a_page_is_small_also_after_thousands_of_unreadable_lines(course, submit, exercise):
    submit("anna", answered(exercise, {"voice-answers": "%%answers voice\n" + ("?" * 500 + "\n") * 5_000}))
    mark(course)
    assert len(page_of(course, "anna").encode()) < 200_000


def test_a_hostile_member_of_a_zip_is_named_and_the_rest_is_marked(course, master):
    with zipfile.ZipFile(course / "class.zip", "w") as archive:
        for name in ("anna.ipynb", "../../evil.ipynb", "/etc/evil.ipynb", f"ben_{UNIT}.ipynb", "notes.docx"):
            archive.writestr(name, json.dumps(master))
    outcome = mark(course, course / "class.zip")
    assert set(outcome.points) == {("anna", UNIT), ("ben", UNIT)}
    assert {where for where, _ in outcome.attention} == {"../../evil.ipynb", "/etc/evil.ipynb", "notes.docx"}
    assert not [*course.parent.rglob("evil*")]


@pytest.mark.parametrize("name", ["voice-answers", "shares-answers", "voice-written"])
def test_half_a_character_in_an_answer_does_not_stop_the_class(name, course, submit, exercise, master):
    """JSON can hold a lone surrogate, which no file can: an emoji cut in two by a careless program."""
    submit("anna", answered(exercise, {name: "%%answers voice\n1.3: author\n5.2: quote | Blinken \ud83d"}))
    submit("zoe", master)
    assert set(mark(course).points) == {("anna", UNIT), ("zoe", UNIT)}


@pytest.mark.parametrize("stamp", ["", "yesterday evening", "2026-03-02 10:00:00 Nowhere/At_All", "99999-01-01"])
def test_a_damaged_time_of_handing_in_does_not_stop_the_class(stamp, course, submit, master):
    submit("anna", master).with_name("timestamp.txt").write_text(stamp)
    submit("zoe", master)
    assert set(mark(course).points) == {("anna", UNIT), ("zoe", UNIT)}


def test_nobody_can_change_anothers_marks(course, submit, master, exercise):
    """Anna puts notebooks with Ben's name into her own folder, newer than his."""
    submit("ben", master)
    folder = submit("anna", exercise).parent
    for path in (folder / "ben.ipynb", folder / "ben" / UNIT / f"{UNIT}.ipynb"):
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(json.dumps(exercise), encoding="utf-8")
    outcome = mark(course)
    assert outcome.points["ben", UNIT] == sum(task.points for task in read_unit(course, UNIT).tasks)
    assert {student for student, _ in outcome.points} == {"anna", "ben"}


def test_a_name_as_long_as_a_zip_allows_does_not_stop_the_class(course, master):
    with zipfile.ZipFile(course / "class.zip", "w") as archive:
        for name in ("𠀀" * 300, "zoe"):
            archive.writestr(f"{name}.ipynb", json.dumps(master))
    outcome = mark(course, course / "class.zip")
    assert ("zoe", UNIT) in outcome.points
    assert len(outcome.points) + len(outcome.attention) == 2


def test_the_written_answer_is_in_the_marked_notebook_word_for_word_and_inert(course, submit, exercise):
    submit("anna", answered(exercise, {"voice-written": f"{SCRIPT}\n\n$x$"}))
    mark(course)
    (written,) = filter(is_written, marked_notebook(course, "anna")["cells"])
    page = Page(written["source"])
    assert page.elements == {"pre"}
    assert page.words["pre"] == f"{SCRIPT}\n\n$x$"


@pytest.mark.parametrize("name", ["voice-answers", "shares-answers", "voice-written"])
@pytest.mark.parametrize("much", ["\n" * 5_000_000 + "x", "<" * 5_000_000, "x:\n" * 2_000_000, " " * 5_000_000 + "x"])
def test_a_cell_of_megabytes_is_cut_with_a_note(name, much, course, submit, master):
    cell(master, name)["source"] += much
    submit("anna", master)
    outcome = mark(course)
    assert outcome.points["anna", UNIT] >= 20
    assert any("longer than 100,000 characters" in why for _, why in outcome.attention)
    assert "longer than 100,000 characters" in page_of(course, "anna")
    assert len(page_of(course, "anna")) < 1_000_000


@pytest.mark.parametrize("more", [{}, {"cell_type": "code", "source": "x"}, {"cell_type": "code", "source": "%%answers voice\nx: y"}])
def test_a_notebook_of_a_hundred_thousand_cells_is_read_up_to_a_limit_and_that_is_said(more, course, submit, master):
    submit("anna", {**master, "cells": [*master["cells"], *[more] * 100_000]})
    outcome = mark(course)
    assert outcome.points["anna", UNIT] == sum(task.points for task in read_unit(course, UNIT).tasks)
    assert any("more than 2,000 cells" in why for _, why in outcome.attention)


def test_a_cell_with_a_hundred_thousand_answers_in_it_is_read_up_to_a_limit(course, submit, master):
    heads = "\n".join(f"%%answers voice\nx{n}: y" for n in range(100_000))
    submit("anna", {**master, "cells": [*master["cells"], {"cell_type": "code", "metadata": {}, "source": heads}]})
    assert any("more than 2,000 cells" in why for _, why in mark(course).attention)
