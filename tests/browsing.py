"""What the browser tests share: a watched page, a Jupyter server, and a hand-in that tries everything."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, answered
from playwright.sync_api import Browser, Page, Route

from readtwice.cells import Cell

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
PATIENCE = 60  # seconds that a server, a kernel or a page may take before the test fails
SERVED = ("http://127.0.0.1:", "ws://127.0.0.1:", "file:", "data:", "blob:", "about:")

STOLEN = "http://evil.test/"
SIGN = "hostile-words"  # stands in every text of the hostile hand-in, so that its way can be followed
RUNS = "top.__pwned=1;alert(1)"
HTML = (
    f"{SIGN} </pre></textarea></style></script><script>{RUNS}</script><img src=x onerror='{RUNS}'><svg onload='{RUNS}'></svg>"
    f"<iframe srcdoc='<script>{RUNS}</script>'></iframe><img src='{STOLEN}{SIGN}.png'><style>@import url({STOLEN}{SIGN}.css);</style>"
    f"<b style='background:url({STOLEN}{SIGN}.gif)'>b</b><a href='javascript:{RUNS}'>a</a><form action='{STOLEN}'><button>c</button></form>"
)
MATH = rf"{SIGN} $\href{{javascript:{RUNS}}}{{x}}$ \(\href{{javascript:{RUNS}}}{{y}}\) $$\unicode{{x3C}}$$"
LINKS = f"{SIGN} [x](javascript:{RUNS}) ![x]({STOLEN}{SIGN}.jpg) <javascript:{RUNS}>"
LONG = "W" * 300


def hostile(exercise: Cell) -> Cell:
    """A hand-in whose every text that could reach a page tries to run, to call home or to break the layout."""
    one_line = HTML.replace("\n", " ")
    labels = exercise_source(exercise, "voice-answers")
    labels = re.sub(r"^2\.1:.*$", lambda _: f"2.1: quote | {one_line}", labels, flags=re.MULTILINE)
    labels = re.sub(r"^5\.2:.*$", lambda _: f"5.2: quote | {MATH}", labels, flags=re.MULTILINE)
    labels = re.sub(r"^6\.1:.*$", lambda _: f"6.1: report | {LONG}", labels, flags=re.MULTILINE)
    shares = exercise_source(exercise, "shares-answers")
    notebook = answered(
        exercise,
        {
            "voice-answers": f"{labels}\n{one_line}\n9.1: {one_line}\n6.2: {LONG}\n{MATH}\nimport os; os.system('touch ran-in-answers')",
            "shares-answers": f"{shares}\nshare of author: {one_line}\n{MATH}",
            "voice-written": f"{HTML}\n\n{LINKS}\n\n{MATH}\n\n{LONG}",
        },
    )
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": HTML, "application/javascript": RUNS}}
    code = f"open('ran-in-extra', 'w').close()\n# {HTML}"
    notebook["cells"] += [
        {"cell_type": "markdown", "id": "extra-text", "metadata": {}, "source": f"{HTML}\n\n{LINKS}\n\n{MATH}"},
        {"cell_type": "code", "id": "extra-code", "metadata": {}, "source": code, "outputs": [output], "execution_count": 1},
        {"cell_type": "raw", "id": "extra-raw", "metadata": {"format": "text/html"}, "source": HTML},
    ]
    return notebook
