"""The argument map in a browser: its form writes into the cell, its picture reads on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import browsing as web
import pytest
from browsing import Watched
from form_page import ARTICLE, Form, host, kind
from playwright.sync_api import Browser

from readtwice.arrows import MAP, ends, read_boxes
from readtwice.map_picture import draw
from readtwice.texts import read_text

pytestmark = pytest.mark.browser

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = (
    "[...document.querySelectorAll('div, span, b')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth).map(e => e.outerHTML)"
)
TEXT = read_text(ARTICLE)
BOXES = read_boxes(TEXT)
SHEET = "%%answers map\n= 20.1: 19.3\n21.1:\n22.2:\n24.2:"
ARROWS = {"20.1": "19.3", "22.2": "22.3", "22.3": "24.2", "24.2": "19.3", "19.3": "25.1"}


@pytest.fixture(scope="module")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with host(browser, tmp_path_factory.mktemp("form")) as seen:
        yield seen


@pytest.fixture
def form(seen: Watched) -> Form:
    seen.page.set_viewport_size({"width": 1250, "height": 1000})
    seen.page.reload()
    return Form(seen.page).show(MAP, SHEET)


def chosen(form: Form, item: str) -> str:
    return form.field(item, "is given as a reason for").input_value()


def test_a_box_offers_every_claim_and_the_call_but_itself(form: Form) -> None:
    offered = form.field("24.2", "is given as a reason for").locator("option").evaluate_all("options => options.map(o => o.value)")
    assert offered == ["", *(end for end in ends(BOXES) if end != "24.2")]


def test_an_arrow_is_chosen_taken_back_and_undone_in_the_cells_own_text(form: Form) -> None:
    form.field("21.1", "is given as a reason for").select_option("19.3")
    assert form.line("21.1") == "21.1: 19.3"
    assert kind(MAP).read(form.source).label("21.1") == "19.3"
    form.field("21.1", "is given as a reason for").select_option("")
    assert form.line("21.1") == "21.1:"
    form.at("21.1").press("u")
    assert (form.line("21.1"), chosen(form, "21.1")) == ("21.1: 19.3", "19.3")
    assert "= 20.1: 19.3" in form.source


def test_by_keyboard_alone(form: Form) -> None:
    form.at("22.2").press("Enter").type("22.3").press("Escape")
    assert form.line("22.2") == "22.2: 22.3"
    assert form.press("n").here == "22.3"


@pytest.mark.parametrize("said", ["19.3", "-> 19,3", "→ 19.3.", " 19.3 "])
def test_what_was_typed_is_shown_as_the_python_reader_reads_it(form: Form, said: str) -> None:
    form.source = f"21.1: {said}"
    assert chosen(form, "21.1") == kind(MAP).read(form.source).label("21.1") == "19.3"


@pytest.mark.parametrize("said", ["99.9", "21.1", "20.1", "19.3 and 24.2", "<img src=x onerror=alert(1)>"])
def test_what_is_no_arrow_is_kept_and_said(form: Form, said: str) -> None:
    form.source = f"21.1: {said}"
    assert chosen(form, "21.1") == kind(MAP).read(form.source).label("21.1") == ""
    assert f"“{said}” in the cell is no box" in form.item("21.1").inner_text()
    assert form.root.locator("img").count() == 0
    assert form.line("21.1") == f"21.1: {said}"


def test_axe_finds_no_fault_in_the_form_and_nothing_scrolls_sideways(form: Form) -> None:
    form.source = f"21.1: 19.3\n24.2: {'W' * 300}"
    for width, light in ((1250, "true"), (360, "false")):
        form.page.set_viewport_size({"width": width, "height": 1000})
        form.page.evaluate("light => document.body.dataset.jpThemeLight = light", light)
        assert web.faults(form.page) == [], width
        assert form.page.evaluate(SIDEWAYS) == 0


@pytest.mark.parametrize("without", ["", "24.2"], ids=["whole", "without"])
def test_the_picture_reads_on_a_phone_at_twice_the_size_and_on_paper(visit, tmp_path: Path, without: str) -> None:
    html, _ = draw(ARROWS, BOXES, TEXT, without)
    page = tmp_path / "map.html"
    page.write_text(f'<!doctype html><html lang="en"><title>Map</title><body style="margin:0"><main>{html}</main>', encoding="utf-8")
    with visit(page.as_uri(), 1250) as seen:
        for width in (1250, 360, 320):
            seen.page.set_viewport_size({"width": width, "height": 1000})
            assert seen.page.evaluate(SIDEWAYS) == 0, width
            assert seen.page.evaluate(CUT_OFF) == [], width
            assert web.faults(seen.page) == [], width
        seen.page.emulate_media(media="print")
        assert seen.page.evaluate(SIDEWAYS) == 0
        shown = seen.page.inner_text("main")
        assert all(box.words in " ".join(shown.split()) for box in BOXES)
        assert seen.page.pdf()[:5] == b"%PDF-"
        assert seen.away == []
