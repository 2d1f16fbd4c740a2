"""Sheets for a school without computers: all that is asked stands on them, nothing of a key does, and a browser prints them well."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from conftest import UNIT, copy_course
from pages import Page
from paper_courses import GRADED, course_on
from typer.testing import CliRunner, Result

from readtwice import cli
from readtwice.answer_sheet import answer_sheet
from readtwice.leaks import leaks
from readtwice.numbers import RECIPES
from readtwice.paper import on_paper
from readtwice.printing import STUDENTS, TEACHER
from readtwice.texts import read_text
from readtwice.units import read_notebook, read_unit, release_path, unit_names
from readtwice.worksheet import worksheet

ON_SCREEN = r"\bcells?\b|Shift|Ctrl|notebook|formgrader|\.ipynb|\bclick|\bform opens\b|[Rr]un (?:the|this|it)\b"
MOST_PAGES = {"worksheet": 6, "answers": 2}


@pytest.fixture(scope="module", params=GRADED)
def printed(request, tmp_path_factory) -> Path:
    """A course on either text, with all that `readtwice print` writes."""
    course = course_on(request.param, tmp_path_factory.mktemp("printed") / "course")
    assert run(course).exit_code == 0
    return course


def run(course: Path, *arguments: object) -> Result:
    return CliRunner().invoke(cli.app, ["print", *map(str, arguments), "--course", str(course)])


def units_of(course: Path):
    return [read_unit(course, name) for name in unit_names(course)]


def sheet(course: Path, unit, kind: str) -> str:
    folder = TEACHER if kind == "key" else STUDENTS
    return (course / folder / f"{unit.name}-{kind}.html").read_text(encoding="utf-8")


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL)).split())


def test_what_students_get_knows_no_key(printed):
    for unit in units_of(printed):
        without = replace(unit, keys={})
        assert worksheet(without) == sheet(printed, unit, "worksheet")
        assert answer_sheet(without) == sheet(printed, unit, "answers")


def test_the_watch_over_leaks_finds_nothing_on_them_and_finds_the_key(printed, tmp_path):
    units = units_of(printed)
    among = copy_course(tmp_path / "among")
    for path in printed.rglob("*.ipynb"):
        (among / path.relative_to(printed)).write_bytes(path.read_bytes())
    assert leaks(among, *units) == []
    for path in (printed / STUDENTS).iterdir():
        html = path.read_text(encoding="utf-8")
        html = re.sub(r'<div class="tables">.*?</div>', "", html, flags=re.DOTALL)  # the simulated class, on the practice text
        (among / "exercises" / path.name).write_text(html, encoding="utf-8")
    assert leaks(among, *units) == []
    for unit in units:
        (among / "exercises" / "key.html").write_text(sheet(printed, unit, "key"), encoding="utf-8")
        assert [problem for problem in leaks(among, unit) if "key.html" in problem], unit.name


def test_every_asked_item_has_its_line_and_every_written_answer_its_lines(printed):
    for unit in units_of(printed):
        html = sheet(printed, unit, "answers")
        for task in unit.tasks:
            for part in task.parts:
                assert [item for item in part.asked if f">{item}</" not in html] == [], task.test
                if task.layer not in RECIPES and task.kind(part).is_layer:
                    labels = task.kind(part).scheme.labels
                    assert [one.name for one in labels if f"{one.tag} " not in words(html) or one.name not in words(html)] == []
        assert html.count("in writing</h2>") == len(unit.written)
        assert html.count('class="line"') == len(unit.written) * 8


def test_texts_stand_there_whole_with_asked_numbers_framed_and_given_labels(printed):
    for unit in units_of(printed):
        html, said = sheet(printed, unit, "worksheet"), words(sheet(printed, unit, "worksheet"))
        shown = on_paper(unit.release).texts
        assert shown
        for name in shown:
            text = read_text(name)
            assert [s.item for s in text.sentences if " ".join(s.text.split()) not in said] == []
            assert said.count(text.about["notice"]) > 1
        for task in unit.tasks:
            for part in task.parts:
                if task.layer not in RECIPES and task.kind(part).is_layer:
                    assert [item for item in part.asked if not re.search(rf'class="asked">{re.escape(item)}\b', html)] == []
    voice = next(unit for unit in units_of(printed) if unit.name == UNIT)
    given = sum(line.startswith("=") for line in voice.solutions_released["voice-answers"].split("\n"))
    text = re.search(r'<div class="text">.*?</div>', sheet(printed, voice, "worksheet"), re.DOTALL)[0]
    assert text.count('class="tag"') == given
    assert text.count('class="asked"') == len(voice.tasks[0].asked)


def test_nothing_on_paper_speaks_of_a_screen_and_what_was_left_out_is_named(printed):
    for unit in units_of(printed):
        said = words(sheet(printed, unit, "worksheet"))
        assert re.findall(ON_SCREEN, said) == []
        paper = on_paper(unit.release)
        assert [heading for heading in paper.left_out if heading not in said.partition("Not on paper")[2]] == []
        headings = re.findall(r"(?m)^##+ (.*)$", "\n".join(c["source"] for c in unit.release["cells"] if c["cell_type"] == "markdown"))
        assert [h for h in headings if h not in said and not (h == "Compare" and paper.compare)] == []


def test_rules_that_look_like_talk_of_a_screen_stay():
    said = words(worksheet(read_unit(Path(cli.__file__).parent.parent, UNIT)))
    assert "A quotation that is never closed runs to the end of its paragraph." in said


def test_a_section_that_a_teacher_adds_with_code_is_left_out_and_its_words_with_it(course):
    notebook = read_notebook(release_path(course, UNIT))
    added = [("markdown", "## My own\n\nSome words."), ("code", "table('voice').describe()")]
    notebook["cells"] += [{"cell_type": kind, "id": kind, "metadata": {}, "source": source} for kind, source in added]
    paper = on_paper(notebook)
    assert "My own" in paper.left_out
    assert not any("Some words" in piece.words for piece in paper.pieces)


def test_the_key_tells_every_label_and_reason_and_how_to_type(printed):
    for unit in units_of(printed):
        said = words(sheet(printed, unit, "key"))
        assert said.count("Keep this back") == 1
        for task in unit.tasks:
            if task.layer not in RECIPES:
                for row in unit.key(task).rows.values():
                    assert " ".join(row.reason.split()) in said
                    assert (row.label or row.detail) in said
        assert f"readtwice mark {TEACHER}/{unit.name}-typed.csv" in said


def test_a_source_that_may_not_be_quoted_is_not(printed):
    unit = read_unit(printed, "5-leave-the-page")
    said = words(sheet(printed, unit, "worksheet"))
    cards = {card.id for card in read_cards(unit) if card.use != "quote" and card.quotation}
    assert not [card for card in read_cards(unit) if card.id in cards and card.quotation in said]
    assert [card for card in read_cards(unit) if card.use == "quote" and " ".join(card.quotation.split()) in said]


def read_cards(unit):
    from readtwice.sources import read_sources

    return read_sources(unit.tasks[0].text.name)


def test_units_are_named_or_numbered_and_an_unknown_one_is_refused_before_anything_is_written(course, tmp_path):
    done = run(course, "9", "--to", tmp_path / "out")
    assert done.exit_code == 1
    assert "there is no unit “9”" in done.stderr
    assert not (tmp_path / "out").exists()
    assert run(course, "1", "4-evidence-and-support", "--to", tmp_path / "out").exit_code == 0
    assert {path.name[:2] for path in (tmp_path / "out").rglob("*.*")} == {"1-", "4-"}
    assert not (course / STUDENTS).exists()


def test_a_table_that_holds_answers_is_left_alone(course):
    assert run(course, "1").exit_code == 0
    table = course / TEACHER / f"{UNIT}-typed.csv"
    typed = table.read_bytes() + b"Anna,au\r\n"
    table.write_bytes(typed)
    page = course / STUDENTS / f"{UNIT}-worksheet.html"
    page.write_text("old", encoding="utf-8")
    done = run(course, "1")
    assert done.exit_code == 0
    assert "left alone" in done.output
    assert table.read_bytes() == typed
    assert page.read_text(encoding="utf-8") != "old"


def test_sheets_run_and_fetch_nothing(printed):
    for path in [*(printed / STUDENTS).iterdir(), *(printed / TEACHER).glob("*.html")]:
        page = Page(path.read_text(encoding="utf-8"))
        assert page.elements.isdisjoint({"script", "a", "img", "link", "iframe", "form", "object"})
        assert not [name for name in page.attributes if name.startswith("on") or name in ("src", "href")]


SEEN = [("4-evidence-and-support", "worksheet"), ("5-leave-the-page", "worksheet"), ("7-how-sure-are-we", "worksheet"),
        ("6-the-ask", "answers"), ("7-how-sure-are-we", "answers"), ("6-the-ask", "key")]  # fmt: skip


@pytest.mark.browser
@pytest.mark.slow
def test_the_longest_sheets_print_on_few_pages_of_either_size_and_axe_finds_nothing(tmp_path, visit):
    from browsing import faults

    course = copy_course(tmp_path / "course")
    assert run(course).exit_code == 0
    for unit, kind in SEEN:
        path = course / (TEACHER if kind == "key" else STUDENTS) / f"{unit}-{kind}.html"
        with visit(path.as_uri(), 360) as seen:
            assert faults(seen.page) == []
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
            assert seen.away == []
            for size in ("A4", "Letter") if kind in MOST_PAGES else ():
                pages = len(re.findall(rb"/Type\s*/Page\b", seen.page.pdf(format=size)))
                assert 1 <= pages <= MOST_PAGES[kind], (unit, kind, size)
