"""How fast the form is in JupyterLab, and how much it adds to a saved notebook. Figures are printed, nothing is asserted.

    python -m pip install --no-deps -e .     after every change of the JavaScript: Jupyter serves an installed copy
    python benchmarks/form.py                needs Chromium and the test extras; takes about a minute

It opens the exercise of unit 1 (61 sentences, 20 of them asked) in a real JupyterLab and repeats each step. Times come from
the browser's own clock, from the event that a student causes to the picture on the screen (two animation frames later, so 17 to
33 ms of every figure are the screen's). Beside each figure stands a lower bound that was measured in the same run: the same
cell's HTML without the form, and a frame in which nothing happens. Close other programs: the load of the machine is printed too.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import browsing as web  # noqa: E402

from readtwice.form import MIME  # noqa: E402

TIMES = 20
PRESS = 80  # milliseconds that a finger stays on the button; JupyterLab works on the press, the form on the release
UNIT = "1-whose-voice"
BARE = """from IPython import get_ipython
from IPython.display import HTML
bare = HTML(get_ipython().run_cell_magic("answers", "voice", {source!r}).html)"""
SHOW = "bare"
ANSWERS, SHOWN = 1, 3  # which code cells they are, the one that opens the text being 0

CLOCKS = """
const seen = window.seen = {};
const now = () => performance.now();
const text = (data) => typeof data === "string" ? data : new TextDecoder().decode(data);
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      const said = text(data);
      if (said.includes('"msg_type":"execute_result"') || said.includes('"msg_type": "execute_result"')) seen.output ??= now();
      if (seen.told && said.includes("execute_reply")) seen.heard ??= now();
    });
  }
  send(data) {
    if (text(data).includes("m.follow(")) seen.told ??= now();
    super.send(data);
  }
};
const painted = (name) => requestAnimationFrame(() => requestAnimationFrame(() => (seen[name] ??= now())));
window.start = (kind, find) => {
  for (const name of Object.keys(seen)) delete seen[name];
  addEventListener(kind, (event) => (seen.start = event.timeStamp), { capture: true, once: true });
  const before = find(), watcher = new MutationObserver(() => {
    if (seen.start === undefined || find() === before || !find()) return;
    seen.changed = now();
    watcher.disconnect();
    painted("painted");
  });
  watcher.observe(document.body, { childList: true, subtree: true, characterData: true });
};
window.nothing = () => addEventListener("click", (event) => {
  for (const name of Object.keys(seen)) delete seen[name];
  seen.start = event.timeStamp;
  painted("painted");
}, { capture: true, once: true });
"""
OUTPUT = "() => document.querySelectorAll('.jp-CodeCell')[{0}].querySelector({1!r})"
LINE = "() => [...document.querySelectorAll('.jp-CodeCell .cm-line')].find(l => l.textContent.startsWith({0!r}))?.textContent"


def measure(page: Page, kind: str, find: str, deed: Callable[[], object], last: str = "painted") -> dict[str, float]:
    """Milliseconds from the event of this kind, which the deed causes, to whatever was seen after it."""
    page.evaluate(f"start({kind!r}, {find})")
    deed()
    page.wait_for_function(f"seen.{last}")
    page.wait_for_timeout(100)
    seen = page.evaluate("seen")
    return {name: at - seen["start"] for name, at in seen.items()} | {"drawing": seen["painted"] - seen.get("output", seen["start"])}


def run_cell(page: Page, number: int, draws: str) -> dict[str, float]:
    page.locator(".jp-CodeCell").nth(number).locator(".cm-content").click()
    return measure(page, "keydown", OUTPUT.format(number, draws), lambda: page.keyboard.press("Control+Enter"))


def nothing(page: Page) -> float:
    page.evaluate("nothing()")
    page.locator(".rt-question").first.click()
    page.wait_for_function("seen.painted")
    return page.evaluate("seen.painted - seen.start")


def click(page: Page, item: str, label: str) -> dict[str, float]:
    button = page.locator(f'.readtwice-form [data-id="{item}"]').get_by_role("button", name=label)
    button.scroll_into_view_if_needed()
    return measure(page, "click", LINE.format(f"{item}:"), lambda: button.click(delay=PRESS), "heard")


def bench(page: Page, items: list[str]) -> dict[str, tuple[str, list[float]]]:
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+Enter")
    page.locator(".jp-OutputArea-output").first.wait_for()
    cold = run_cell(page, ANSWERS, ".readtwice-form .rt-item")["painted"]
    web.run_all(page)
    runs, bare, clicks, frames = [], [], [], []
    for n in range(TIMES + 1):
        runs.append(run_cell(page, ANSWERS, ".readtwice-form .rt-item"))
        bare.append(run_cell(page, SHOWN, ".jp-RenderedHTML"))
        clicks.append(click(page, items[n % 5], ("author", "report")[n // 5 % 2]))
        frames.append(nothing(page))
    runs, bare, clicks, frames = runs[1:], bare[1:], clicks[1:], frames[1:]  # the first warms up

    def of(name: str, rows: list[dict[str, float]]) -> list[float]:
        return [row[name] for row in rows]

    return {
        "Ctrl+Enter to the form on the screen": ("300", of("painted", runs)),
        "  of this: from its message to the screen": ("", of("drawing", runs)),
        "  once, the first time after opening": ("", [cold]),
        "  bound: Ctrl+Enter to the same HTML without the form": ("", of("painted", bare)),
        "  bound: from that message to the screen": ("", of("drawing", bare)),
        "click to the text in the cell": ("50", of("changed", clicks)),
        "click to its picture on the screen": ("", of("painted", clicks)),
        "  bound: a click that does nothing, to the next picture": ("", frames),
        "click to the text on its way to the kernel": ("", of("told", clicks)),
        "click to the kernel's answer": ("", of("heard", clicks)),
    }


def sizes(path: Path) -> dict[str, int]:
    """Bytes that the output of the form adds to a notebook as Jupyter writes it."""
    notebook = web.read(path)
    notebook["cells"] = [cell for cell in notebook["cells"] if not cell["id"].startswith("bare")]
    output = next(o["data"] for c in notebook["cells"] for o in c.get("outputs", []) if MIME in o.get("data", {}))

    def written() -> int:
        return len(json.dumps(notebook, indent=1, ensure_ascii=False).encode())

    whole, parts = written(), {}
    for name, mime in (("the form's data", MIME), ("its HTML for elsewhere", "text/html"), ("its plain text", "text/plain")):
        kept = output.pop(mime)
        parts[name] = whole - written()
        output[mime] = kept
    return parts | {"the notebook up to this cell, run and saved": whole}


def machine(browser: str) -> str:
    model = next((x.partition(":")[2].strip() for x in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in x), "")
    parts = [model or platform.processor(), f"{os.cpu_count()} cores", platform.platform(terse=True), f"Python {platform.python_version()}"]
    parts += [f"JupyterLab {version('jupyterlab')}", f"Chromium {browser}", f"load {os.getloadavg()[0]:.1f}"]
    return ", ".join(part for part in parts if part)


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        desk = Path(scratch) / "desk"
        desk.mkdir()
        path = desk / "form.ipynb"
        notebook = web.read(ROOT / "exercises" / UNIT / f"{UNIT}.ipynb")
        answers = next(c for c in notebook["cells"] if "".join(c["source"]).startswith("%%answers voice"))
        source = "".join(answers["source"])
        items = [line[:-1] for line in source.splitlines() if line.endswith(":") and line[0].isdigit()]
        at = notebook["cells"].index(answers)
        blank = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        bare = [blank | {"id": f"bare-{n}", "source": s} for n, s in enumerate((BARE.format(source=source.partition("\n")[2]), SHOW))]
        path.write_text(json.dumps(notebook | {"cells": [*notebook["cells"][: at + 1], *bare]}), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(web.FLAGS))
        with web.jupyter(desk, Path(scratch)) as url:
            page = browser.new_page(viewport={"width": 1250, "height": 1000})
            page.add_init_script(CLOCKS)
            page.goto(url + web.PLACES["lab"].format(path.name))
            web.ready(page)
            figures = bench(page, items)
            web.save(page)
        table = Table("milliseconds", "goal", "median", "worst", title=f"The form, {TIMES} times each", title_justify="left")
        for name, (goal, times) in figures.items():
            table.add_row(name, goal, f"{median(times):.0f}", f"{max(times):.0f}")
        kept = Table("bytes in the saved notebook", "", title_justify="left")
        for name, size in sizes(path).items():
            kept.add_row(name, f"{size:,}")
        console = Console(width=120)
        console.print(machine(browser.version), table, kept)
        browser.close()


if __name__ == "__main__":
    main()
