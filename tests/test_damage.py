"""Hand-ins damaged and hostile in every way that we could think of: each is marked for what it holds, or refused in plain words."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from html.parser import HTMLParser

import pytest
from browsing_texts import HOSTILE
from damages import BROKEN, HARMFUL, HARMLESS, UNITS, WHOLE, answers, damaged, sound, unit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readtwice.build import notebook_bytes
from readtwice.cells import grade_id, is_solution
from readtwice.collect import Refused
from readtwice.mark_batch import HandIn, Marked, mark_batch, packed
from readtwice.page import clean

MANY = int(os.environ.get("READTWICE_DAMAGED", "5000"))  # hand-ins in all


@cache
def blob() -> bytes:
    return packed({name: unit(name) for name in UNITS})


class Live(HTMLParser):
    """What on a page could run, call away or lead away."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag in ("script", "iframe", "object", "embed", "form", "link", "base", "svg", "img", "a", "input", "video"):
            self.found.append(tag)
        self.found += [
            name for name, value in attrs if name.startswith("on") or "url(" in (value or "") or name in ("src", "href", "srcdoc")
        ]


def live(page: str) -> list[str]:
    parser = Live()
    parser.feed(page)
    return parser.found


def marked(name: str, content: bytes) -> Marked | Refused:
    (one,), _ = mark_batch(blob(), [HandIn("x.ipynb", "<b>ann</b>", name, content)])
    return one


def shown_html(notebook: dict) -> list[str]:
    return [
        "".join(output["data"]["text/html"]) for c in notebook["cells"] for output in c.get("outputs", []) if "text/html" in output["data"]
    ]


def test_the_watch_notices_what_is_live() -> None:
    assert all(live(f"<p>{text}</p>") for text in HOSTILE if re.search(r"<\w", text))


names, ways, seeds = st.sampled_from(UNITS), st.sampled_from([0, 1, 5]), st.integers(0, 10**6)
wholes = st.sampled_from([*WHOLE.values()])
everything = settings(max_examples=MANY // 2, suppress_health_check=list(HealthCheck), deadline=None)


@given(names, ways, seeds, st.lists(st.sampled_from(HARMLESS), max_size=3), wholes)
@everything
def test_damage_that_loses_no_answer_costs_no_point(name, way, seed, damages, whole):
    one = marked(name, damaged(name, way, seed, damages, whole))
    same = marked(name, sound(name, way, seed % 5).encode())
    tests = {task.test for task in unit(name).tasks}
    assert {test: one.points[test] for test in tests} == {test: same.points[test] for test in tests}


@given(
    names,
    ways,
    seeds,
    st.lists(st.sampled_from([*HARMLESS, *HARMFUL]), min_size=1, max_size=4, unique=True),
    st.sampled_from([*WHOLE.values(), *BROKEN.values()]),
)
@everything
def test_whatever_is_handed_in_is_marked_within_bounds_and_inert_or_refused(name, way, seed, damages, whole):
    one = marked(name, damaged(name, way, seed, damages, whole))
    if isinstance(one, Refused):
        assert one.why[0].islower()
        assert len(one.why) < 300
        return
    most = {task.test: task.points for task in unit(name).tasks} | dict(unit(name).written)
    assert set(one.points) == set(most)
    assert all(points is None or (type(points) is float and 0 <= points <= most[test]) for test, points in one.points.items())
    assert live(one.page) == []
    assert len(one.page) < 400_000
    notebook = json.loads(one.notebook)
    assert [html for html in shown_html(notebook) if clean(html) != html] == []  # so the page need not be cleaned once more
    assert notebook_bytes(notebook) == one.notebook
    released = {grade_id(cell): cell for cell in unit(name).release["cells"]}
    for cell in notebook["cells"]:
        if grade_id(cell):
            assert cell["metadata"] == released[grade_id(cell)]["metadata"]
        if cell["cell_type"] == "markdown" and (is_solution(cell) or not grade_id(cell)):
            assert "<script" not in "".join(cell["source"]).casefold()
        if cell["cell_type"] == "code" and is_solution(cell):
            assert "".join(cell["source"]).startswith("%%answers")


@pytest.mark.parametrize("size", [10**5, 10**6])
def test_a_million_lines_are_cut_and_told(size):
    notebook = json.loads(sound("1-whose-voice", 0, 0))
    (at, *_) = answers(notebook["cells"])
    notebook["cells"][at]["source"] += "\n1.3: author" * size
    one = marked("1-whose-voice", json.dumps(notebook).encode())
    assert re.search(r"\d{4} more", one.page)
    assert len(one.page) < 400_000
