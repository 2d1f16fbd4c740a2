"""The form where students meet it: in a real JupyterLab and a real Notebook, with their kernels, files, undo and windows."""

from __future__ import annotations

import filecmp
import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import browsing as web
import pytest
from browsing import Visit, Watched
from conftest import ROOT, UNIT, change
from playwright.sync_api import Browser, Locator, Page, Route, expect

from readtwice.answer_cell import TYPING
from readtwice.cells import Cell, source_of
from readtwice.form import MIME, form_data
from readtwice.kinds import kind_of
from readtwice.texts import read_text
from readtwice.units import Unit

pytestmark = pytest.mark.browser

SOURCE = ROOT / "readtwice" / "labextension"
INSTALLED = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "readtwice"
EXERCISE = ROOT / "exercises" / UNIT / f"{UNIT}.ipynb"
BOTH = pytest.mark.parametrize("app", ["lab", "notebook"])
MODES = ("full", "defer", "contentVisibility", "none")
SOON = 800  # milliseconds in which the kernel has heard of an answer
QUICK = 3000  # milliseconds in which an answer is on its way to the disk

OPEN = 'from readtwice import check, read, table\ntext = read("harbour")'
VOICE = "%%answers voice\nT: author\n1.1:\n1.2:\n2.1:\n3.1:"
SHORT = "%%answers voice form-a-plea\nT: author\n1.1:\n2.1:"
GLOSS = "%%answers gloss\n= g1: motive\ng2:\ng3:"
CHECK = 'check("voice")'
LABELS = '"labels: " + ", ".join(table("voice")["label"].dropna())'
AFAR = "\n\n".join(f"# Far away {n}" for n in range(30))
SIDEWAYS = "form => [form.scrollWidth - form.clientWidth, form.getBoundingClientRect().right - window.innerWidth]"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of these tests keeps its settings."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def desk(scratch: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """An empty folder, and the address of a server there that shows notebooks in JupyterLab and in Notebook."""
    folder = tmp_path_factory.mktemp("desk")
    with web.jupyter(folder, scratch) as url:
        yield folder, url


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A file name for the notebook of this test."""
    return f"{request.node.name.translate({ord(c): '-' for c in '[] '})}.ipynb"


def write(path: Path, *sources: str, ran: bool = False) -> Path:
    """A notebook of these cells; where it `ran`, with the outputs that its answer cells had then."""
    cells: list[Cell] = []
    for source in sources:
        kind = "markdown" if source.startswith("# ") else "code"
        cell = {"cell_type": kind, "id": f"cell-{len(cells)}", "metadata": {}, "source": source}
        cells.append(cell | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
        if ran and source.startswith("%%answers"):
            cells[-1]["outputs"] = [output(*source.splitlines()[0].split()[1:])]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


def output(layer: str, text_name: str = "harbour") -> Cell:
    text = read_text(text_name)
    data = {MIME: form_data(kind_of(layer, text), text), "text/html": "<p>as last run</p>", "text/plain": "as last run"}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


def cell_of(page: Page, source: str) -> Locator:
    return web.code_cell(page, source.splitlines()[0])


def form_of(page: Page, layer: str = "voice") -> Locator:
    return cell_of(page, f"%%answers {layer}").locator(".readtwice-form")


def item(form: Locator, name: str) -> Locator:
    return form.locator(f'[data-id="{name}"]')


def label(form: Locator, name: str, said: str) -> None:
    item(form, name).get_by_role("button", name=said).click()


def shows(form: Locator, name: str, said: str) -> None:
    expect(item(form, name).locator(".rt-chosen")).to_contain_text(said)


def count(form: Locator, said: str) -> None:
    expect(form.locator(".rt-count").first).to_have_text(said)


def lines(page: Page, *said: str, layer: str = "voice") -> None:
    """The cell's own text holds these lines."""
    for line in said:
        expect(cell_of(page, f"%%answers {layer}").locator(".cm-line").get_by_text(line, exact=True)).to_have_count(1)


def run(page: Page, source: str) -> Locator:
    """Run one cell; what comes out of it."""
    cell = cell_of(page, source)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    return cell.locator(".jp-OutputArea-output")


def kernel_hears(page: Page, source: str, said: str) -> None:
    """A cell that is run a little later says what it should: the answer cell has not run again."""
    for _ in range(web.PATIENCE):  # where the machine is busy, a cell that is run once may be ahead of the news
        page.wait_for_timeout(SOON)
        with suppress(AssertionError):
            return expect(run(page, source)).to_contain_text(said, timeout=2 * SOON)
    raise AssertionError(f"{run(page, source).all_inner_texts()} does not hold {said!r}")


def on_disk(page: Page, path: Path, *said: str) -> None:
    """Answer cells of the file hold these lines soon, and nobody has pressed save."""
    for _ in range(web.PATIENCE * 10):
        with suppress(json.JSONDecodeError):  # it is being written
            if set(said) <= set(written(path)):
                return
        page.wait_for_timeout(100)
    raise AssertionError(f"{set(said) - set(written(path))} is not in the file")


def written(path: Path) -> list[str]:
    """Every line of the answer cells in a file."""
    return [line for cell in web.read(path)["cells"] if "%%answers" in source_of(cell) for line in source_of(cell).split("\n")]


def undisturbed(seen: Watched) -> None:
    """Nothing left the machine, nothing went wrong in our files, nobody was asked anything."""
    assert [request.url for request in seen.away] == []
    assert seen.errors == []
    assert seen.dialogs == []
    assert seen.page.locator(".jp-Dialog").all_inner_texts() == []
    assert seen.page.locator(web.WENT_WRONG).all_inner_texts() == []


def test_the_installed_form_is_the_one_of_this_checkout() -> None:
    again = "is not the form of this checkout: install it again with  pip install --no-deps -e ."
    names = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*") if path.is_file())
    assert sorted(path.relative_to(INSTALLED).as_posix() for path in INSTALLED.rglob("*") if path.is_file()) == names, (
        f"{INSTALLED} {again}"
    )
    assert filecmp.cmpfiles(SOURCE, INSTALLED, names, shallow=False) == (names, [], []), f"{INSTALLED} {again}"


def test_the_door_asks_anew_for_every_file_of_the_form() -> None:
    door = (SOURCE / "static" / "remoteEntry.js").read_text(encoding="utf-8")
    files = json.loads(door.partition("FILES = ")[2].partition(";")[0])
    assert sorted(files) == sorted(path.name for path in (SOURCE / "static").iterdir())


@BOTH
def test_an_answer_by_mouse_is_in_the_cell_in_the_kernel_and_on_the_disk(
    visit: Visit, desk: tuple[Path, str], unit: Unit, name: str, app: str
) -> None:
    path = shutil.copy(EXERCISE, desk[0] / name)
    first, second, *others = next(task for task in unit.tasks if task.layer == "voice").asked
    with web.opened(visit, desk[1], name, app) as seen:
        web.run_all(seen.page)
        form = seen.page.locator(".readtwice-form").first
        count(form, f"0 of {len(others) + 2}")
        label(form, first, "author")
        label(form, second, "quote")
        item(form, second).get_by_label("speaker").fill("Blinken")
        count(form, f"2 of {len(others) + 2}")
        kernel_hears(seen.page, CHECK, f"2 of {len(others) + 2} sentences answered.")
        expect(run(seen.page, 'table("voice")').locator("tr", has_text=first)).to_contain_text("author")
        on_disk(seen.page, path, f"{first}: author", f"{second}: quote | Blinken")
        assert seen.page.locator(".jp-mod-outputsScrolled .readtwice-form").count() == 0, "Notebook has put the form into a small box"
        undisturbed(seen)


@BOTH
def test_everything_goes_by_keyboard_and_no_key_reaches_the_notebook(visit: Visit, desk: tuple[Path, str], name: str, app: str) -> None:
    path = write(desk[0] / name, OPEN, VOICE, LABELS)
    with web.opened(visit, desk[1], name, app) as seen:
        web.run_all(seen.page)
        keys, form = seen.page.keyboard, form_of(seen.page)
        cell_of(seen.page, VOICE).locator(".cm-content").click()
        keys.press("Escape")
        for _ in range(6):
            keys.press("Tab")
            if form.evaluate("form => form.contains(document.activeElement)"):
                break
        for key in ("n", "5", "ArrowDown", "2", "Enter"):
            keys.press(key)
        keys.type("Pellow")
        keys.press("Escape")
        keys.type("ddaabb00")
        lines(seen.page, "1.1: author", "1.2: quote | Pellow")
        on_disk(seen.page, path, "1.1: author", "1.2: quote | Pellow")
        undisturbed(seen)
        answered = VOICE.replace("1.1:", "1.1: author").replace("1.2:", "1.2: quote | Pellow")
        assert [source_of(cell) for cell in web.read(path)["cells"]] == [OPEN, answered, LABELS]

        keys.press("Escape")
        keys.press("a")
        expect(seen.page.locator(".jp-Notebook-cell")).to_have_count(4)
        keys.press("z")
        expect(seen.page.locator(".jp-Notebook-cell")).to_have_count(3)
        kernel_hears(seen.page, LABELS, "labels: author, author, quote")


def test_the_form_and_the_cell_follow_each_other_and_undo_is_the_cells(visit: Visit, desk: tuple[Path, str], name: str) -> None:
    write(desk[0] / name, OPEN, VOICE, LABELS)
    with web.opened(visit, desk[1], name) as seen:
        web.run_all(seen.page)
        keys, form, cell = seen.page.keyboard, form_of(seen.page), cell_of(seen.page, VOICE)
        cell.locator(".cm-line").get_by_text("1.1:", exact=True).click()
        keys.press("End")
        keys.type(" author")
        shows(form, "1.1", "author")
        kernel_hears(seen.page, LABELS, "labels: author, author")

        form.evaluate("""form => {
            for (const id of ["1.2", "2.1"]) form.querySelector(`[data-id="${id}"] .rt-label`).click();
        }""")
        lines(seen.page, "1.2: distance", "2.1: distance")
        item(form, "2.1").focus()
        keys.press("Control+z")
        lines(seen.page, "1.2: distance", "2.1:")
        keys.press("u")
        lines(seen.page, "1.1: author", "1.2:", "2.1:")
        keys.press("Control+Shift+z")
        lines(seen.page, "1.2: distance", "2.1:")
        kernel_hears(seen.page, LABELS, "labels: author, author, distance")

        cell.locator(".cm-line").get_by_text("3.1:", exact=True).click()
        keys.press("Control+z")
        shows(form, "1.2", "open")
        label(form, "3.1", "report")
        web.choose(seen.page, "Edit", "Undo")
        shows(form, "3.1", "open")
        lines(seen.page, "1.1: author", "3.1:")
        kernel_hears(seen.page, LABELS, "labels: author, author'")
        undisturbed(seen)


def test_answers_are_found_again_after_everything_was_stopped_and_go_on_without_a_kernel(visit: Visit, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    path = write(desk / "again.ipynb", OPEN, VOICE)
    with web.jupyter(desk, tmp_path) as url, web.opened(visit, url, path.name) as seen:
        web.run_all(seen.page)
        label(form_of(seen.page), "1.1", "author")
        on_disk(seen.page, path, "1.1: author")
    with web.jupyter(desk, tmp_path, "notebook") as url, web.opened(visit, url, path.name, "notebook") as seen:
        form = form_of(seen.page)
        shows(form, "1.1", "author")
        label(form, "1.2", "mixed")
        on_disk(seen.page, path, "1.2: mixed")
        web.choose(seen.page, "Kernel", "Shut Down Kernel")
        expect(seen.page.get_by_text("No Kernel").first).to_be_visible()
        label(form, "2.1", "quote")
        lines(seen.page, "1.1: author", "1.2: mixed", "2.1: quote")
        on_disk(seen.page, path, "2.1: quote")
        undisturbed(seen)


def test_a_kernel_hears_only_of_cells_that_have_run_in_it(visit: Visit, desk: tuple[Path, str], name: str) -> None:
    write(desk[0] / name, OPEN, VOICE, CHECK)
    with web.opened(visit, desk[1], name) as seen:
        web.run_all(seen.page)
        form = form_of(seen.page)
        web.choose(seen.page, "Kernel", "Restart Kernel…")
        seen.page.locator(".jp-Dialog .jp-mod-accept").click()
        label(form, "1.1", "author")
        seen.page.wait_for_timeout(SOON)
        seen.page.wait_for_function("document.querySelector('#jp-main-statusbar').textContent.includes('| Idle')")
        run(seen.page, OPEN)
        label(form, "1.2", "author")
        kernel_hears(seen.page, CHECK, "Run the cell that starts with")
        run(seen.page, VOICE)
        label(form, "2.1", "quote")
        kernel_hears(seen.page, CHECK, "4 of 39 sentences answered.")
        undisturbed(seen)


def test_an_answer_given_while_the_notebook_is_being_saved_is_saved_too(visit: Visit, desk: tuple[Path, str], name: str) -> None:
    """JupyterLab calls a notebook saved once it has written it, and takes a second save at the same time for somebody else's."""
    path = write(desk[0] / name, VOICE, GLOSS, ran=True)
    held: list[Route] = []
    with web.opened(visit, desk[1], name) as seen:
        hold = True
        seen.page.route(
            "**/api/contents/**", lambda route: held.append(route) if hold and route.request.method == "PUT" else route.continue_()
        )
        label(form_of(seen.page), "1.1", "author")
        for _ in range(web.PATIENCE * 20):
            if held:
                break
            seen.page.wait_for_timeout(50)
        label(form_of(seen.page), "1.2", "quote")
        item(form_of(seen.page, "gloss"), "g2").get_by_label("label").select_option("motive")
        seen.page.wait_for_timeout(QUICK)
        assert len(held) == 1
        hold = False
        held.pop().continue_()
        on_disk(seen.page, path, "1.1: author", "1.2: quote", "g2: motive")
        undisturbed(seen)


def test_a_cell_that_stands_twice_is_told_until_one_of_the_two_is_gone(visit: Visit, desk: tuple[Path, str], name: str) -> None:
    write(desk[0] / name, VOICE, GLOSS, ran=True)
    with web.opened(visit, desk[1], name) as seen:
        form, keys, told = form_of(seen.page), seen.page.keyboard, "Another cell of this notebook starts with the same line."
        form.get_by_text(told).wait_for(state="hidden")
        item(form, "1.1").focus()
        for key in ("Escape", "c", "v"):
            keys.press(key)
        expect(seen.page.get_by_text(told).locator("visible=true")).to_have_count(2)
        keys.press("d")
        keys.press("d")
        expect(seen.page.get_by_text(told).locator("visible=true")).to_have_count(0)
        label(form, "1.1", "author")
        lines(seen.page, "1.1: author")
        undisturbed(seen)


def test_a_notebook_that_may_not_be_saved_is_told_before_the_first_answer(visit: Visit, desk: tuple[Path, str], name: str) -> None:
    def read_only(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"writable": False})

    write(desk[0] / name, VOICE, ran=True)
    with visit(f"{desk[1]}/lab") as seen:
        seen.page.route(re.compile(rf"/api/contents/{re.escape(name)}\?"), read_only)
        seen.page.goto(desk[1] + web.PLACES["lab"].format(name))
        web.ready(seen.page)
        expect(form_of(seen.page).locator(".rt-astray")).to_contain_text("“Save Notebook As”, and answer in the copy.")
        label(form_of(seen.page), "1.1", "author")
        lines(seen.page, "1.1: author")
        undisturbed(seen)


@BOTH
def test_while_jupyter_does_not_answer_no_box_covers_the_form_and_all_is_saved_afterwards(
    visit: Visit, desk: tuple[Path, str], name: str, app: str
) -> None:
    path = write(desk[0] / name, VOICE, ran=True)
    with web.opened(visit, desk[1], name, app) as seen:
        gone = re.compile("/api/contents/|/static/")  # were all gone, JupyterLab would say so once, in a box of its own
        seen.page.route(gone, lambda route: route.abort())
        for sentence, said in (("1.1", "author"), ("1.2", "quote")):
            label(form_of(seen.page), sentence, said)
            expect(seen.page.get_by_role("alert")).to_contain_text("Leave this window open")
            seen.page.wait_for_timeout(QUICK)
        assert seen.page.locator(".jp-Dialog").all_inner_texts() == []
        assert "1.1: author" not in written(path)
        seen.page.unroute(gone)
        on_disk(seen.page, path, "1.1: author", "1.2: quote")
        expect(seen.page.get_by_role("alert")).to_have_text("Jupyter answers again. Your answers are saved.")
        expect(seen.page.get_by_role("alert")).to_have_count(0)
        undisturbed(seen)


def test_two_forms_two_views_an_output_by_itself_and_a_form_of_another_version(visit: Visit, desk: tuple[Path, str], name: str) -> None:
    path = write(desk[0] / name, VOICE, GLOSS, "%%answers call\n1.1:", ran=True)
    change(path, lambda notebook: notebook["cells"][2]["outputs"][0]["data"][MIME].update(version=99))
    with web.opened(visit, desk[1], name) as seen:
        item(form_of(seen.page, "gloss"), "g2").get_by_label("label").select_option("motive")
        label(form_of(seen.page), "1.1", "author")
        lines(seen.page, "g2: motive", layer="gloss")
        lines(seen.page, "1.1: author")
        expect(form_of(seen.page, "call")).to_contain_text("another version of readtwice. Run the cell again.")
        web.choose(seen.page, "File", "New View for Notebook")
        first, second = (seen.page.locator(".jp-NotebookPanel").nth(n).locator(".readtwice-form").first for n in range(2))
        shows(second, "1.1", "author")
        label(second, "1.1", "quote")
        shows(first, "1.1", "quote")
        label(first, "1.1", "mixed")
        shows(second, "1.1", "mixed")
        first.locator(".rt-question").click(button="right")
        seen.page.locator(".lm-Menu-item", has_text="Create New View for Cell Output").click()
        expect(seen.page.locator(".jp-LinkedOutputView")).to_contain_text("Go to the cell there.")
        on_disk(seen.page, path, "1.1: mixed", "g2: motive")
        undisturbed(seen)


def test_a_notebook_that_is_open_in_two_windows_asks_before_one_overwrites_the_other(
    visit: Visit, desk: tuple[Path, str], name: str
) -> None:
    path = write(desk[0] / name, VOICE, ran=True)
    with web.opened(visit, desk[1], name) as seen:
        other, thrown = seen.page.context.new_page(), []
        seen.page.on("pageerror", lambda error: thrown.append(error.message))
        other.goto(seen.page.url)
        web.ready(other)
        label(form_of(other), "1.1", "author")
        on_disk(other, path, "1.1: author")
        for said, button in (("mixed", "Cancel"), ("report", "Revert")):
            label(form_of(seen.page), "1.2", said)
            expect(seen.page.locator(".jp-Dialog")).to_contain_text("has changed on disk")
            on_disk(seen.page, path, "1.1: author", "1.2:")
            lines(seen.page, f"1.2: {said}")
            seen.page.get_by_role("button", name=button).click()
        shows(form_of(seen.page), "1.1", "author")
        label(form_of(seen.page), "1.2", "quote")
        on_disk(seen.page, path, "1.1: author", "1.2: quote")
        assert thrown == []
        undisturbed(seen)


@pytest.mark.parametrize(("app", "mode"), [*(("lab", mode) for mode in MODES), ("notebook", "full")])
def test_a_form_scrolled_out_of_sight_and_back(visit: Visit, desk: tuple[Path, str], scratch: Path, app: str, mode: str) -> None:
    far_down = [f"# Below {n}\n\n{AFAR}" for n in range(4)]
    path = write(desk[0] / "scrolled.ipynb", VOICE, *far_down, GLOSS, ran=True)  # one name, so that one kernel does for all
    web.settings(scratch, "notebook-extension", "tracker", windowingMode=mode)
    with web.opened(visit, desk[1], path.name, app) as seen:
        form, far = form_of(seen.page), form_of(seen.page, "gloss")
        for said, pair in (("author", "g9"), ("quote", "g10")):
            web.scroll(seen.page, 0, item(form, "1.1"))
            label(form, "1.1", said)
            shows(form, "1.1", said)
            web.scroll(seen.page, 1, item(far, "g10"))
            item(far, pair).get_by_label("label").select_option("motive")
            assert not item(form, "1.1").is_visible() or item(form, "1.1").bounding_box()["y"] < 0
        on_disk(seen.page, path, "1.1: quote", "g9: motive", "g10: motive")
        undisturbed(seen)


def test_axe_finds_nothing_in_the_form_in_either_theme(visit: Visit, desk: tuple[Path, str], name: str) -> None:
    write(desk[0] / name, SHORT, GLOSS, ran=True)
    with web.opened(visit, desk[1], name) as seen:
        label(form_of(seen.page), "1.1", "author")
        label(form_of(seen.page), "2.1", "quote")
        item(form_of(seen.page), "2.1").get_by_role("button", name="I disagree").click()
        form_of(seen.page).get_by_role("button", name="Tests and examples").click()
        item(form_of(seen.page, "gloss"), "g2").get_by_label("label").select_option("motive")
        assert web.faults(seen.page, ".readtwice-form") == []
        seen.page.get_by_role("menuitem", name="Settings", exact=True).click()
        seen.page.locator(".lm-Menu-item", has_text="Theme").first.hover()
        seen.page.locator(".lm-Menu-item", has_text="JupyterLab Dark").first.click()
        seen.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
        assert web.faults(seen.page, ".readtwice-form") == []
        undisturbed(seen)


def test_the_form_does_not_scroll_sideways_at_200_per_cent_nor_on_a_phone(visit: Visit, desk: tuple[Path, str], name: str) -> None:
    write(desk[0] / name, SHORT, GLOSS, ran=True)
    with web.opened(visit, desk[1], name, "notebook") as seen:
        label(form_of(seen.page), "1.1", "quote")
        for width in (1250 // 2, 360):
            seen.page.set_viewport_size({"width": width, "height": 600})
            for layer in ("voice", "gloss"):
                inside, beyond = form_of(seen.page, layer).evaluate(SIDEWAYS)
                assert inside <= 0
                assert beyond <= 0
        undisturbed(seen)


def test_a_cell_broken_by_hand_is_mended_line_by_line_and_loses_none(visit: Visit, desk: tuple[Path, str], name: str) -> None:
    broken = "%%answers voice\n1.1 auth\nI do not know\n1.2: quote | Pellow\n1.2: mixed\n77.7: author\n2.1:"
    path = write(desk[0] / name, OPEN, broken, "%%answers voice nowhere\n1.1: author")
    with web.opened(visit, desk[1], name) as seen:
        web.run_all(seen.page)
        form = form_of(seen.page)
        for said in ("1.1 auth", "I do not know", "1.2: mixed", "77.7: author"):
            expect(form.locator(".rt-problems")).to_contain_text(said)
        label(form, "2.1", "quote")
        label(form, "1.1", "author")
        on_disk(seen.page, path, "2.1: quote")
        mended = broken.replace("1.1 auth", "1.1: author").replace("2.1:", "2.1: quote")
        assert written(path)[: len(mended.split("\n"))] == mended.split("\n")
        nowhere = cell_of(seen.page, "%%answers voice nowhere").locator(".jp-OutputArea-output")
        expect(nowhere).to_contain_text("nowhere")
        assert "Traceback" not in nowhere.inner_text()
        undisturbed(seen)


def test_where_the_form_is_switched_off_the_output_says_how_to_type(visit: Visit, tmp_path: Path) -> None:
    desk, config = tmp_path / "desk", tmp_path / "config" / "labconfig" / "page_config.json"
    config.parent.mkdir(parents=True)
    desk.mkdir()
    config.write_text('{"disabledExtensions": {"readtwice": true}}', encoding="utf-8")
    write(desk / "typed.ipynb", OPEN, VOICE, CHECK)
    with web.jupyter(desk, tmp_path) as url, web.opened(visit, url, "typed.ipynb") as seen:
        web.run_all(seen.page)
        shown = cell_of(seen.page, VOICE).locator(".jp-OutputArea-output")
        expect(shown).to_contain_text(TYPING)
        expect(shown).to_contain_text("1.1")
        assert seen.page.locator(".readtwice-form").count() == 0
        undisturbed(seen)


def test_a_browser_that_has_seen_an_older_form_gets_the_new_one(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jupyter has browsers keep the files of an extension for a year. (A watched page keeps nothing, so this one is not watched.)"""
    desk, mine = tmp_path / "desk", tmp_path / "share" / "labextensions" / "readtwice"
    shutil.copytree(SOURCE, mine)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    desk.mkdir()
    write(desk / "old.ipynb", VOICE, ran=True)
    with web.jupyter(desk, tmp_path) as url, browser.new_context() as context:
        for renewed in (None, ["host.js", "lines.js"]):
            page = context.new_page()
            page.goto(url + web.PLACES["lab"].format("old.ipynb"))
            count(form_of(page), "1 of 39")
            assert page.evaluate("window.renewed?.sort() ?? null") == renewed
            for file in ("host.js", "lines.js"):
                with (mine / "static" / file).open("a", encoding="utf-8") as script:
                    script.write(f"\n(window.renewed ||= []).push('{file}');")
