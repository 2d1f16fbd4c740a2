"""No hand-in holds up the class: what is n times as long takes about n times as long, never n × n."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from collections.abc import Callable
from pathlib import PurePosixPath
from time import process_time

import pytest
from conftest import UNIT

from readtwice.collect import Unreadable, collect, parse
from readtwice.hand_in import inert, mark_tasks, written_text
from readtwice.mark_batch import poured
from readtwice.whose import whose


def least(work: Callable[[int], object], size: int, tries: int) -> float:
    """Processor time of the quickest of some tries."""
    times = []
    for _ in range(tries):
        start = process_time()
        work(size)
        times.append(process_time() - start)
    return min(times)


def assert_grows_evenly(work: Callable[[int], object], size: int, times: int) -> None:
    """Twice what even growth allows is still far below what growth in squares takes."""
    work(1)
    allowed = 2 * times * least(work, size, 5)
    assert least(work, times * size, 1) <= allowed or least(work, times * size, 2) <= allowed


def one_cell(source: str) -> dict:
    return {"cells": [{"cell_type": "markdown", "source": source}]}


CELLS = {
    "blank lines of code": (lambda n: {"cells": [{"cell_type": "code", "source": "\n" * n + "x"}]}, 1_000),
    "cells with many answers": (lambda n: {"cells": [{"source": f"%%answers voice\nx{i}: y"} for i in range(n)]}, 1_000),
    "blank lines": (lambda n: one_cell("\n" * n + "x"), 10),
    "spaces": (lambda n: one_cell(" " * n + "x"), 16),
    "lines with a colon": (lambda n: one_cell("1.3: \n" * n), 2_000),
    "signs of a table": (lambda n: one_cell("= | : % " * n), 2_000),
    "cells with one id": (lambda n: {"cells": [{"id": "u1-head", "source": "x"}] * n}, 2_000),
    "cells with one answer's id": (lambda n: {"cells": [{"id": "u1-voice", "source": "1.3: author"}] * n}, 2_000),
    "cells without a name": (lambda n: {"cells": [{"source": f"x{i}"} for i in range(n)]}, 2_000),
}


@pytest.mark.parametrize("kind", CELLS)
def test_a_notebook_of_many_lines_or_cells_is_marked_in_even_time(kind, unit):
    make, size = CELLS[kind]
    assert_grows_evenly(lambda n: mark_tasks(poured(json.dumps(make(n)).encode(), unit), unit), size, 16)


def test_a_long_written_answer_is_made_inert_and_read_back_in_even_time():
    for part in ("<", "word ", "\n", "&#60;"):
        assert_grows_evenly(lambda n, part=part: written_text(inert(part * n)), 2_000, 16)


@pytest.mark.parametrize("sign", [" ", "(", "_", ". ", "1", "(1) "])
def test_a_long_file_name_is_read_in_even_time(sign):
    assert_grows_evenly(lambda n: whose(PurePosixPath(f"a{sign * n}b.ipynb"), (UNIT,)), 500, 16)


def test_a_damaged_file_is_refused_in_even_time():
    def refuse(n: int) -> None:
        with pytest.raises(ValueError, match="this file"):
            parse(json.dumps(one_cell("x" * n)).encode()[:-5])

    assert_grows_evenly(refuse, 20_000, 16)


@pytest.mark.parametrize("part", ["x", "\\", '"', "[", "{}", '["', ",", '"",'])
def test_what_is_left_of_a_damaged_file_is_read_in_even_time(part):
    def read(n: int) -> None:
        with contextlib.suppress(Unreadable):
            parse(f'{{"cells": [{{"source": "x"}}, {{"source": ["a"], "x": [{part * n}'.encode())

    assert_grows_evenly(read, 5_000, 16)


def test_a_time_of_handing_in_is_not_read_beyond_what_a_time_needs(tmp_path):
    (tmp_path / "anna.ipynb").write_text("{}", encoding="utf-8")
    with (tmp_path / "timestamp.txt").open("wb") as file:
        file.write(b"2026-03-02 10:00:00 UTC\n")
        file.truncate(2**26)
    tracemalloc.start()
    try:
        collect(tmp_path, (UNIT,))
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()
