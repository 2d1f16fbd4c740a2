"""What the tests of the form share: its files served on a page with a cell that is a text area."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from browsing import Watched, watched
from conftest import ROOT
from playwright.sync_api import Browser, Locator, Page

from readtwice.form import form_data, number_form
from readtwice.kinds import Kind, kind_of
from readtwice.numbers import RECIPES
from readtwice.texts import read_text

STATIC = ROOT / "readtwice" / "labextension" / "static"
ARTICLE = "russia-must-act"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def host(browser: Browser, folder: Path) -> Iterator[Watched]:
    """The page with cells that are text areas, served from a folder with the form's files."""
    with served(folder) as url, watched(browser, "form", url) as seen:
        yield seen


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the page of the form."""
    shutil.copytree(STATIC, folder, dirs_exist_ok=True)
    shutil.copy(ROOT / "tests" / "form_host.html", folder / "index.html")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/index.html"
    finally:
        server.shutdown()
        server.server_close()


def kind(name: str, text: str = ARTICLE) -> Kind:
    return kind_of(name, read_text(text))


def sheet(kind: Kind, asked: Iterable[str]) -> str:
    """A cell in which these items are asked, and all others are given where a cell holds them all."""
    asked = set(asked)
    others = kind.is_layer and kind.whole
    lines = [f"{i}:" if i in asked else f"= {i}: {kind.scheme.names[-1]}" for i in kind.items if others or i in asked]
    return "\n".join([f"%%answers {kind.name}", *lines])


@dataclass
class Form:
    """A form on a page, and the cell that it stands for."""

    page: Page
    n: int = 0

    def show(self, name: str, source: str, most: int = 99) -> Form:
        """Show a form on the article, or on the beginning of it."""
        data = number_form(name, read_text(ARTICLE)) if name in RECIPES else form_data(kind(name), read_text(ARTICLE))
        data["items"] = data["items"][:most]
        self.page.wait_for_function("!!window.show")
        self.page.evaluate("([data, source, n]) => { show(data, source, n); }", [data, source, self.n])
        return self

    @property
    def root(self) -> Locator:
        return self.page.locator(".readtwice-form").nth(self.n)

    @property
    def cell(self) -> Locator:
        return self.page.locator("textarea").nth(self.n)

    @property
    def source(self) -> str:
        return self.cell.input_value()

    @source.setter
    def source(self, text: str) -> None:
        self.page.evaluate("([n, text]) => cells[n].set(text)", [self.n, text])

    def line(self, item: str) -> str:
        """The last line about that item."""
        return [line for line in self.source.split("\n") if line.lstrip("= ").startswith(f"{item}:")][-1]

    def item(self, item: str) -> Locator:
        return self.root.locator(f'.rt-item[data-id="{item}"]')

    def label(self, item: str, name: str) -> Locator:
        return self.item(item).get_by_role("button", name=name)

    def field(self, item: str, name: str) -> Locator:
        return self.item(item).get_by_label(name)

    def at(self, item: str) -> Form:
        """Put the keyboard on an item."""
        self.item(item).focus()
        return self

    def press(self, *keys: str) -> Form:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, words: str) -> Form:
        self.page.keyboard.type(words)
        return self

    @property
    def here(self) -> str:
        """The item that has the keyboard itself, or what has it instead."""
        return self.page.evaluate("(({ dataset, id, localName }) => dataset.id ?? (id || localName))(document.activeElement)")

    @property
    def said(self) -> str:
        """What a screen reader was told last."""
        return self.root.get_by_role("status").inner_text()

    @property
    def count(self) -> str:
        return self.root.locator(".rt-bar .rt-count").inner_text()

    @property
    def problems(self) -> list[str]:
        return self.root.locator(".rt-problems li").all_inner_texts()
