"""In a real browser: our pages, the formgrader and JupyterLab, with ordinary hand-ins and with one that tries everything."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import browsing as web
import pytest
from browsing import Visit
from classes import marks
from conftest import ROOT, UNIT, cell, copy_course
from playwright.sync_api import expect
from test_kinds import NAME, master

from readtwice.agreement import FEWEST
from readtwice.build import build
from readtwice.cells import source_of
from readtwice.hand_in import mark_tasks, restore
from readtwice.mark_class import mark_class
from readtwice.masters import cells_for
from readtwice.outcome import Outcome
from readtwice.page import page as feedback_page
from readtwice.readers import WAYS, hand_in_of
from readtwice.report import REPORT, TO_PROJECT, report, write_reports
from readtwice.tally import tally
from readtwice.texts import Text
from readtwice.units import Unit, master_path, read_notebook, read_unit, release_path, unit_names

pytestmark = pytest.mark.browser

EXERCISE = f"exercises/{UNIT}/{UNIT}.ipynb"
PAGES = {
    "ordinary": f"feedback/ada/{UNIT}/{UNIT}.html",
    "hostile": f"feedback/mallory/{UNIT}/{UNIT}.html",
    "blank": f"feedback/blank/{UNIT}/{UNIT}.html",
    "report": REPORT,
    "report to project": TO_PROJECT,
    "every kind of answer": "every-kind.html",
    "report on every kind": "every-kind-report.html",
}
OURS = pytest.mark.parametrize("page", PAGES)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A marked course: readers of every kind, two who are right everywhere, Mallory who is hostile, a file with a hostile name."""
    course = copy_course(tmp_path_factory.mktemp("marked") / "course")
    unit = read_unit(course, UNIT)
    hand_ins = {way.name.split()[-1]: hand_in_of(way, unit, random.Random(way.name)) for way in WAYS}
    best = read_notebook(master_path(ROOT, UNIT))
    best["cells"] = cells_for(best["cells"], unit.tasks[0].text.name)
    hand_ins["ada"] = hand_ins["bea"] = json.dumps(best)
    hand_ins["mallory"] = json.dumps(web.hostile(read_notebook(release_path(ROOT, UNIT))))
    for student, content in hand_ins.items():
        path = course / "submitted" / student / UNIT / f"{UNIT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
    (course / "submitted" / web.FILE).write_text("no notebook", encoding="utf-8")
    outcome = mark_class(course / "submitted", course)
    write_reports(course, {UNIT: unit}, outcome)
    write_every_kind(course)
    return course, outcome


def write_every_kind(course: Path) -> None:
    """Pages about a unit with every kind of answer cell, by readers who are often wrong."""
    every = master_path(course, NAME)
    every.parent.mkdir()
    every.write_text(json.dumps(master()), encoding="utf-8")
    build(course)
    unit, everybodys = read_unit(course, NAME), []
    for n in range(FEWEST):
        notebook = restore(json.loads(hand_in_of(WAYS[5], unit, random.Random(n))), unit.release)
        everybodys.append(theirs := mark_tasks(notebook, unit))
    took = {(str(n), NAME): 1.0 for n in range(FEWEST)}
    outcome = Outcome(points=took, tallies=tally(((str(n), one) for n, one in enumerate(everybodys)), unit))
    scores = {name: 10 * m.score for name, m in theirs.items()}
    (course / "every-kind.html").write_text(feedback_page(notebook, NAME, "eve", scores, {}, ()), encoding="utf-8")
    (course / "every-kind-report.html").write_text(report(outcome, {NAME: unit}), encoding="utf-8")
    for path in (every, release_path(course, NAME)):
        shutil.rmtree(path.parent)


@pytest.fixture(scope="module")
def teacher(marked: tuple[Path, Outcome], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Jupyter server in the marked course."""
    with web.jupyter(marked[0], tmp_path_factory.mktemp("teacher")) as url:
        yield url


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """What students get, and the address of a Jupyter server there."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("lessons", "exercises"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    with web.jupyter(folder, tmp_path_factory.mktemp("student")) as url:
        yield folder, url


def test_the_watch_notices_what_the_hostile_texts_do_on_a_page_that_trusts_them(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "trusting.html"
    path.write_text(f"<pre>{web.HTML}</pre>", encoding="utf-8")
    with visit(path.as_uri()) as seen:
        assert seen.dialogs
        assert any(web.SIGN in request.url for request in seen.away)
        assert web.live(seen.page, "body")
        with pytest.raises(AssertionError):
            seen.nothing_ran()


@OURS
@pytest.mark.parametrize("width", [360, 1250])
def test_axe_finds_no_fault_in_our_pages(visit: Visit, marked: tuple[Path, Outcome], page: str, width: int) -> None:
    with visit((marked[0] / PAGES[page]).as_uri(), width) as seen:
        assert web.faults(seen.page) == []


@OURS
def test_our_pages_run_nothing_and_ask_for_nothing_but_themselves(visit: Visit, marked: tuple[Path, Outcome], page: str) -> None:
    address = (marked[0] / PAGES[page]).as_uri()
    with visit(address) as seen:
        seen.page.wait_for_load_state("networkidle")
        seen.nothing_ran()
        assert {request.url for request in seen.requests} == {address}
        assert seen.page.locator("script, iframe, object, embed, form, link, base").count() == 0
        assert web.live(seen.page, "body") == []


@OURS
def test_our_pages_do_not_scroll_sideways_on_a_phone(visit: Visit, marked: tuple[Path, Outcome], page: str) -> None:
    with visit((marked[0] / PAGES[page]).as_uri(), 360) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_hostile_texts_stand_on_the_feedback_page_and_in_the_report_as_text(visit: Visit, marked: tuple[Path, Outcome]) -> None:
    course, outcome = marked
    assert outcome.tallies[UNIT, "voice"].readers >= FEWEST
    with visit((course / PAGES["hostile"]).as_uri()) as seen:
        assert web.HTML in seen.page.locator(".written").inner_text()
        assert f"You said quote: {web.HTML}" in seen.page.locator("main").inner_text()
        assert web.HTML in seen.page.locator("pre").inner_text()
    with visit((course / PAGES["report"]).as_uri()) as seen:
        assert web.FILE in seen.page.locator("main").inner_text()
        assert web.HTML[:100] in seen.page.locator("main").inner_text()  # what Mallory objects, as text
    with visit((course / PAGES["report to project"]).as_uri()) as seen:
        assert "How we split" in seen.page.content()
        assert web.SIGN not in seen.page.content()


def test_the_formgrader_runs_nothing_of_a_hostile_hand_in(visit: Visit, marked: tuple[Path, Outcome], teacher: str) -> None:
    course, _ = marked
    files, kernels = sorted(course.rglob("*")), {kernel["id"] for kernel in web.get(f"{teacher}/api/kernels")}
    with visit(teacher + web.submission(course, "mallory")) as seen:
        seen.page.wait_for_load_state("networkidle")
        seen.nothing_ran()
        assert web.live(seen.page, "#notebook") == []
        assert seen.page.locator("#notebook").locator("script, iframe, object, embed, form").count() == 0
    assert {kernel["id"] for kernel in web.get(f"{teacher}/api/kernels")} == kernels
    assert sorted(course.rglob("*")) == files
    assert [*course.rglob("ran-in-*"), *Path.cwd().glob("ran-in-*")] == []


def test_the_formgrader_shows_answers_as_text_with_their_feedback_and_the_rubric(
    visit: Visit, marked: tuple[Path, Outcome], teacher: str
) -> None:
    course, _ = marked
    voice = marks(course, "mallory")["voice"]
    with visit(teacher + web.submission(course, "mallory")) as seen:
        written = web.answer(seen.page, "voice-written")
        for panel in (web.answer(seen.page, "voice-answers"), written, seen.page.locator("#notebook pre").last):
            assert web.HTML in panel.inner_text()
        assert web.LONG in written.inner_text()
        expect(seen.page.get_by_text(f"Right on {voice.right} of {voice.asked}")).to_be_visible()
        for level in ("3 points, Mastery:", "2 points, Emerging:", "1 point, Beginning:"):
            rubric = seen.page.get_by_text(level, exact=True)
            expect(rubric).to_be_visible()
            assert rubric.bounding_box()["y"] < written.bounding_box()["y"]


def test_the_formgrader_sets_no_words_of_a_student_as_a_formula(visit: Visit, marked: tuple[Path, Outcome], teacher: str) -> None:
    """A formula may hold a link. MathJax comes from afar and is not here; it reads whatever its settings do not exclude."""
    with visit(teacher + web.submission(marked[0], "mallory")) as seen:
        assert seen.page.evaluate(web.FORMULAS) == []


@pytest.mark.parametrize(("student", "words"), [("ada", "Lilliputians"), ("mallory", web.SIGN)])
def test_the_formgrader_works_offline_and_sends_no_words_of_a_student_away(
    visit: Visit, marked: tuple[Path, Outcome], teacher: str, student: str, words: str
) -> None:
    with visit(teacher + web.submission(marked[0], student)) as seen:
        seen.page.wait_for_function(web.MARKS_LOADED)
        seen.page.wait_for_load_state("networkidle")
        assert words in seen.page.content()
        assert [r.url for r in seen.away if words in r.url + (r.post_data or "") or r.resource_type != "script"] == []


def test_the_formgrader_lists_the_units_and_nothing_else(visit: Visit, marked: tuple[Path, Outcome], teacher: str) -> None:
    with visit(f"{teacher}/formgrader/manage_assignments") as seen:
        seen.page.wait_for_function(web.LISTED)
        names = seen.page.locator("table tbody tr td:first-child").all_inner_texts()
        assert {name.strip() for name in names} == set(unit_names(marked[0]))


def test_a_mark_and_a_comment_given_in_the_formgrader_stand_on_the_feedback_page(
    visit: Visit, marked: tuple[Path, Outcome], teacher: str, unit: Unit
) -> None:
    course, outcome = marked
    feedback = (course / "feedback" / "bea" / UNIT / f"{UNIT}.html").as_uri()
    formgrader = teacher + web.submission(course, "bea")
    comment = "Good: the <b>rule</b> & the 'words'. Name the other reader's test, too."
    with visit(feedback) as seen:
        expect(seen.page.get_by_text("It is not marked yet")).to_be_visible()
    with visit(formgrader) as seen:
        seen.page.wait_for_function(web.MARKS_LOADED)
        for box, said, saved in (("#voice-written", "2", "grade"), ("#voice-written-comment", comment, "comment")):
            with seen.page.expect_response(lambda r, saved=saved: r.request.method == "PUT" and f"/api/{saved}/" in r.url) as response:
                seen.page.locator(box).press_sequentially(said)
                seen.page.locator(box).blur()
            assert response.value.ok
    points = mark_class(course / "submitted", course).points["bea", UNIT]
    assert points == outcome.points["bea", UNIT] + 2
    with visit(feedback) as seen:
        expect(seen.page.get_by_text(f"2 of {unit.written['voice-written']:g} points.")).to_be_visible()
        expect(seen.page.get_by_text(f"{points:g} of {unit.points:g} points", exact=True)).to_be_visible()
        expect(seen.page.locator(".comment")).to_have_text(f"Your teacher says: {comment}")
        assert "not marked" not in seen.page.locator("main").inner_text()
        assert web.faults(seen.page) == []
    with visit(formgrader) as seen:
        expect(seen.page.locator("#voice-written")).to_have_value("2")
        expect(seen.page.locator("#voice-written-comment")).to_have_value(comment)


def test_a_marked_notebook_opened_in_jupyterlab_is_as_inert_as_in_the_formgrader(visit: Visit, teacher: str) -> None:
    """The formgrader links to it as the live notebook, and JupyterLab sets formulas."""
    with web.opened(visit, teacher, f"autograded/mallory/{UNIT}/{UNIT}.ipynb") as seen:
        expect(seen.page.get_by_text(web.SIGN).last).to_be_attached()
        seen.page.wait_for_load_state("networkidle")
        seen.nothing_ran()
        assert seen.away == []
        assert web.live(seen.page, ".jp-Notebook") == []
        assert seen.page.locator(".jp-Notebook mjx-container").count() == 0


@pytest.mark.parametrize("path", [EXERCISE, f"lessons/{UNIT}.ipynb"])
def test_every_cell_of_a_notebook_runs_without_an_error(visit: Visit, desk: tuple[Path, str], path: str) -> None:
    folder, url = desk
    with web.opened(visit, url, path) as seen:
        web.run_all(seen.page)
        assert seen.page.locator(web.WENT_WRONG).all_inner_texts() == []
        web.save(seen.page)
        code = [c for c in web.read(folder / path)["cells"] if c["cell_type"] == "code"]
        assert all(c["execution_count"] and c["outputs"] for c in code)
        assert {output["output_type"] for c in code for output in c["outputs"]} <= {"execute_result", "display_data"}
        serious = [fault for fault in web.faults(seen.page, ".jp-OutputArea-output") if fault.startswith(("serious", "critical"))]
        assert serious == []
        assert seen.away == []


def test_the_answer_cell_shows_every_sentence_with_its_number(visit: Visit, desk: tuple[Path, str], article: Text) -> None:
    with web.opened(visit, desk[1], EXERCISE) as seen:
        web.run_all(seen.page)
        shown = web.code_cell(seen.page, "%%answers voice").locator(".jp-OutputArea-output")
        web.scroll(seen.page, 0, shown)
        expect(shown).to_contain_text(article.sentences[-1].text, use_inner_text=True)
        numbers = [said.strip() for said in shown.locator("span").all_inner_texts()]
        assert [number for number in numbers if number in article.items] == list(article.items)
        words = " ".join(shown.inner_text().split())
        assert [s.item for s in article.sentences if " ".join(s.text.split()) not in words] == []


def test_a_label_typed_at_the_keyboard_is_counted_saved_and_marked(visit: Visit, desk: tuple[Path, str], unit: Unit) -> None:
    folder, url = desk
    path = f"exercises/{UNIT}/typed.ipynb"
    shutil.copy(ROOT / EXERCISE, folder / path)
    task = next(task for task in unit.tasks if task.layer == "voice")
    before = source_of(cell(web.read(folder / path), task.answer_cell))
    item = task.asked[0]
    with web.opened(visit, url, path) as seen:
        web.run_all(seen.page)
        checked = web.code_cell(seen.page, 'check("voice")')
        expect(checked.get_by_text(f"0 of {len(task.asked)} sentences answered.")).to_be_visible()
        web.code_cell(seen.page, "%%answers voice").locator(".cm-line").get_by_text(f"{item}:", exact=True).click()
        seen.page.keyboard.press("End")
        seen.page.keyboard.type(" author")
        for _cell in ("answers", "the words below", "check"):
            seen.page.keyboard.press("Shift+Enter")
        expect(checked.get_by_text(f"1 of {len(task.asked)} sentences answered.")).to_be_visible()
        web.save(seen.page)
    after = web.read(folder / path)
    assert source_of(cell(after, task.answer_cell)) == before.replace(f"\n{item}:\n", f"\n{item}: author\n")
    assert mark_tasks(restore(after, unit.release), unit)[task.test].answered == 1
