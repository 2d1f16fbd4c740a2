"""What the browser tests share: a watched page, a Jupyter server, and a hand-in that tries everything."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, UNIT, answered, cell
from playwright.sync_api import Browser, Locator, Page, Request, expect

from readtwice.cells import Cell, source_of

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SHOTS = ROOT / "test-results"
WCAG = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")
OURS = "readtwice"  # stands in the address of every file of our extension
PATIENCE = 60  # seconds that a server, a kernel or a page may take before the test fails

# the formgrader's own scripts keep these; until they ran, as while a page gives way to the next, the names are unknown
LISTED = "typeof models === 'object' && models?.loaded"
MARKS_LOADED = "typeof formgrader === 'object' && formgrader.grades?.loaded && formgrader.comments?.loaded"

SIGN = "hostile-words"  # stands in every text of the hostile hand-in, so that its way can be followed
STOLEN = f"http://evil.test/{SIGN}"
RUNS = "top.__pwned=1;alert(1)"
HTML = (
    f"{SIGN} </pre></textarea></style></script><script>{RUNS}</script><img src=x onerror='{RUNS}'><svg onload='{RUNS}'></svg>"
    f"<iframe srcdoc='<script>{RUNS}</script>'></iframe><img src='{STOLEN}.png'><style>@import url({STOLEN}.css);</style>"
    f"<b style='background:url({STOLEN}.gif)'>b</b><a href='javascript:{RUNS}'>a</a><form action='{STOLEN}'><button>c</button></form>"
)
MATH = rf"{SIGN} $\href{{javascript:{RUNS}}}{{x}}$ or $\href{{{STOLEN}}}{{y}}$ or \(\href{{{STOLEN}}}{{z}}\) so"
LINKS = f"{SIGN} [x](javascript:{RUNS}) ![x]({STOLEN}.jpg) <javascript:{RUNS}>"
LONG = "W" * 300
FILE = f"<img src=x onerror={RUNS}>.txt"

_LIVE = """root => [...document.querySelectorAll(`${root} *`)].flatMap(e => [...e.attributes]
    .filter(a => a.name.startsWith('on') || /javascript:|evil/.test(a.value)).map(a => `${e.tagName} ${a.name}=${a.value}`))"""
FORMULAS = r"""() => [...document.querySelectorAll('#notebook *')].flatMap(e => [...e.childNodes])
    .filter(n => n.nodeType === Node.TEXT_NODE && n.data.includes('\\href'))
    .filter(n => !n.parentElement.closest('script, noscript, style, textarea, pre, code, .tex2jax_ignore')).map(n => n.data)"""
_RAN = """wrong => document.querySelector(wrong) || [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')]
    .every(p => /^\\[\\d+\\]:/.test(p.textContent))"""
_IDLE = """() => document.querySelector('#jp-main-statusbar')?.textContent.includes('| Idle')
    || document.querySelector('.jp-NotebookKernelStatus-fade') && document.querySelector('[data-status="idle"]')"""
PLACES = {"lab": "/lab/tree/{}?reset", "notebook": "/notebooks/{}"}
WENT_WRONG = ".jp-OutputArea-output[data-mime-type*='stderr'], .jp-OutputArea-output[data-mime-type*='error']"

Visit = Callable[..., AbstractContextManager["Watched"]]
expect.set_options(timeout=PATIENCE * 1000)


def hostile(exercise: Cell) -> Cell:
    """A hand-in whose every text that could reach a page tries to run, to call home or to break the layout."""
    labels = source_of(cell(exercise, "voice-answers"))
    for item, said in {"2.1": f"quote | {HTML}", "5.2": f"quote | {MATH}", "6.1": f"report | {LONG}", "9.1": HTML}.items():
        labels = re.sub(rf"^{re.escape(item)}:.*$", lambda _, line=f"{item}: {said}": line, labels, flags=re.MULTILINE)
    labels = re.sub(r"^2\.1:.*$", lambda line: f"{line[0]}\n# I disagree: {HTML} {MATH} {LONG}", labels, flags=re.MULTILINE)
    notebook = answered(
        exercise,
        {
            "voice-answers": f"{labels}\n{HTML}\n{MATH}\n{LONG}\nimport os; os.system('touch ran-in-answers')",
            "shares-answers": f"{source_of(cell(exercise, 'shares-answers'))}\nshare of author: {HTML}\n{MATH}",
            "voice-written": f"{HTML}\n\n{LINKS}\n\n{MATH}\n\n{LONG}",
        },
    )
    data = {"text/html": HTML, "application/javascript": RUNS}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    cell(notebook, "voice")["outputs"] = [output]
    notebook["cells"] += [
        {"cell_type": "markdown", "id": "extra-text", "metadata": {}, "source": f"{HTML}\n\n{LINKS}\n\n{MATH}"},
        {
            "cell_type": "code",
            "id": "extra-code",
            "metadata": {},
            "source": f"open('ran-in-extra', 'w').close()\n# {HTML}",
            "outputs": [output],
            "execution_count": 1,
        },
        {"cell_type": "raw", "id": "extra-raw", "metadata": {"format": "text/html"}, "source": HTML},
    ]
    return notebook


@dataclass
class Watched:
    """A page, and what it tried: every request of its window, every dialog, every further window, every error in our files."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def nothing_ran(self) -> None:
        assert self.dialogs == []
        assert self.windows == []
        assert [frame.url for frame in self.page.frames if frame.evaluate("window.__pwned")] == []

    @property
    def away(self) -> list[Request]:
        """Requests that wanted to leave this machine; all of them were stopped."""
        return [request for request in self.requests if not _stays(request.url)]


def _stays(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:", "about:"))


@contextmanager
def watched(browser: Browser, name: str, url: str, width: int = 1250) -> Iterator[Watched]:
    """A page at `url` that reaches this machine only; where the test fails, a picture of it is kept in test-results/."""
    context = browser.new_context(viewport={"width": width, "height": 1000})
    context.set_default_timeout(PATIENCE * 1000)
    context.route(lambda url: not _stays(url), lambda route: route.abort())
    seen = Watched(context.new_page())
    context.on("request", lambda request: seen.requests.append(request))
    context.on("page", lambda page: seen.windows.append(page.url))
    context.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    context.on("console", lambda m: OURS in f"{m.text} {m.location}" and m.type in ("error", "warning") and seen.errors.append(m.text))
    context.on("weberror", lambda e: OURS in f"{e.error} {e.error.stack}" and seen.errors.append(f"{e.error.message}\n{e.error.stack}"))
    try:
        seen.page.goto(url, wait_until="load")
        yield seen
    except BaseException:
        SHOTS.mkdir(exist_ok=True)
        seen.page.screenshot(path=SHOTS / f"{re.sub(r'[^a-z0-9]+', '-', name)}.png", full_page=True)
        raise
    finally:
        context.close()


def faults(page: Page, within: str | None = None) -> list[str]:
    """What axe finds at WCAG 2.2 AA, a line a rule with the first places.

    What has to be scrolled to, and what stands in a body without height, as JupyterLab's, is hidden
    to axe; so JupyterLab gets a window in which a whole notebook is in sight.
    """
    if within:
        page.set_viewport_size({"width": 1250, "height": 20_000})
        page.add_style_tag(content="html, body { height: 100% }")
        page.locator(".jp-WindowedPanel-outer").evaluate("panel => panel.scrollTop = 0")
    options = {"runOnly": {"type": "tag", "values": list(WCAG)}}
    found = Axe().run(page, context=within, options=options).response
    assert "color-contrast" in {rule["id"] for rule in found["passes"] + found["violations"]}, "axe saw no text"
    places = {rule["id"]: [node["html"][:120] for node in rule["nodes"][:3]] for rule in found["violations"]}
    return [f"{rule['impact']} {rule['id']}: {rule['help']}: {places[rule['id']]}" for rule in found["violations"]]


def live(page: Page, within: str) -> list[str]:
    """Attributes that run something, or lead to where the hostile texts lead."""
    return page.evaluate(_LIVE, within)


@contextmanager
def jupyter(folder: Path, scratch: Path, app: str = "lab") -> Iterator[str]:
    """A JupyterLab (or notebook) server in `folder`, with settings and an exchange of its own; its address."""
    _write(scratch / "config" / "nbgrader_config.py", f"get_config().Exchange.root = {str(scratch / 'exchange')!r}\n")
    settings(scratch, "apputils-extension", "notification", fetchNews="false")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {f"JUPYTER_{kind}_DIR": str(scratch / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    places |= {f"JUPYTERLAB_{kind}_DIR": str(scratch / kind.lower()) for kind in ("SETTINGS", "WORKSPACES")}
    places |= {"IPYTHONDIR": str(scratch / "ipython"), "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    command = [sys.executable, "-m", "jupyter", app, "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", "--IdentityProvider.token="]
    log = scratch / "log"
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=folder, env=os.environ | places, stdout=out, stderr=subprocess.STDOUT)
        try:
            _until_up(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def settings(scratch: Path, extension: str, plugin: str, **values: object) -> None:
    """What a student has chosen in JupyterLab's settings; a page that is opened next has it."""
    _write(scratch / "settings" / "@jupyterlab" / extension / f"{plugin}.jupyterlab-settings", json.dumps(values))


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def _until_up(url: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            get(f"{url}/api")
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise RuntimeError(f"the Jupyter server did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        return json.load(answer)


def submission(course: Path, student: str) -> str:
    """Address of a hand-in in the formgrader, below the server's."""
    from readtwice.gradebook import open_gradebook  # nbgrader behind it takes seconds, and only these tests need it

    with open_gradebook(course) as gradebook:
        return f"/formgrader/submissions/{gradebook.find_submission_notebook(UNIT, UNIT, student).id}/"


def answer(page: Page, name: str) -> Locator:
    """The formgrader's panel of an answer cell, with its comment box."""
    return page.locator(".nbgrader_cell", has=page.locator(f"#{name}-comment"))


@contextmanager
def opened(visit: Visit, url: str, path: str, app: str = "lab") -> Iterator[Watched]:
    """A notebook in JupyterLab (or Notebook), its kernel ready: cells that are run before the kernel is there stay as they are."""
    with visit(url + PLACES[app].format(path)) as seen:
        ready(seen.page)
        yield seen


def ready(page: Page) -> None:
    """Wait until the notebook is there and its kernel is connected. Notebook says idle before there is a kernel, too."""
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    sessions = f"{page.url.partition('/lab/')[0].partition('/notebooks/')[0]}/api/sessions"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not any(s["path"] in page.url and s["kernel"]["connections"] for s in get(sessions)):
        page.wait_for_timeout(100)
    page.wait_for_function(_IDLE)


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(_RAN, arg=WENT_WRONG)


def choose(page: Page, menu: str, item: str) -> None:
    """Choose from the menu bar of JupyterLab or Notebook."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.locator(".lm-Menu-item", has_text=item).first.click()


def save(page: Page) -> None:
    with page.expect_response(lambda r: r.request.method == "PUT" and "/api/contents/" in r.url) as response:
        page.keyboard.press("Control+s")
    assert response.value.ok


def scroll(page: Page, end: int, to: Locator) -> None:
    """Scroll from the top (0) or the foot (1) of the notebook until a place stays in sight: JupyterLab learns heights as it goes."""
    in_sight = "places => places.some((place) => place.checkVisibility({ opacityProperty: true }))"  # of none where it is taken away
    for step in range(PATIENCE * 5):
        part = abs(end - step % 11 / 10)
        page.locator(".jp-WindowedPanel-outer").evaluate("(panel, part) => panel.scrollTop = part * panel.scrollHeight", part)
        page.wait_for_timeout(100)
        if to.evaluate_all(in_sight):
            to.evaluate_all("places => places[0]?.scrollIntoView({ block: 'nearest' })")
            page.wait_for_timeout(100)
            if to.evaluate_all(in_sight):
                return
    raise AssertionError("it does not come back")


def code_cell(page: Page, source: str) -> Locator:
    return page.locator(".jp-CodeCell", has=page.locator(".jp-InputArea", has_text=source)).first


def read(path: Path) -> Cell:
    return json.loads(path.read_text(encoding="utf-8"))
