"""The core is pure: it needs no Jupyter, no nbgrader, no database and no plotting, and pandas only when asked."""

import os
import subprocess
import sys

import pytest

HEAVY = ("pandas", "numpy", "IPython", "nbgrader", "nbformat", "nbconvert", "jinja2", "sqlalchemy", "matplotlib")
JUPYTER = ("jupyter", "jupyter_core", "jupyter_client", "IPython", "ipykernel", "traitlets", "nbgrader", "nbformat", "nbconvert")
OUTSIDE = (*JUPYTER, "sqlalchemy", "sqlite3", "matplotlib")
CORE = ("texts", "schemes", "speakers", "answers", "keys", "numbers", "marking", "marked_text", "feedback")
AROUND = ("cells", "units", "hand_in", "masters")


def loaded_after(code: str, watched: tuple[str, ...]) -> set[str]:
    """Which of these packages a fresh Python has loaded when the code has run."""
    report = f"import sys\n{code}\nprint('loaded:', *(m for m in {watched!r} if m in sys.modules))"
    environment = {name: value for name, value in os.environ.items() if name != "NBGRADER_EXECUTION"}
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_the_watch_would_notice() -> None:
    assert loaded_after("import sqlite3, jinja2", ("sqlite3", "jinja2", "pandas")) == {"sqlite3", "jinja2"}


def test_importing_readtwice_loads_nothing_heavy() -> None:
    assert loaded_after("import readtwice", HEAVY) == set()


@pytest.mark.parametrize("module", CORE)
def test_a_module_of_the_core_loads_nothing_heavy(module: str) -> None:
    assert loaded_after(f"import readtwice.{module}", tuple({*HEAVY, *OUTSIDE})) == set()


@pytest.mark.parametrize("module", AROUND)
def test_a_module_around_the_core_loads_no_jupyter_no_database_and_no_plots(module: str) -> None:
    assert loaded_after(f"import readtwice.{module}", OUTSIDE) == set()


def test_reading_answering_and_checking_work_where_pandas_cannot_be_loaded() -> None:
    code = """
sys.modules["pandas"] = None
from readtwice import check, read
from readtwice.answer_cell import answers_magic
read("harbour")
shown = answers_magic("voice", "T: author\\n2.1: quote | Pellow")
assert "Haddersea" in shown.html
assert "2.1: quote is right." in check("voice").plain
"""
    assert loaded_after(code, OUTSIDE) == set()


def test_marking_and_feedback_need_nothing_but_the_page_templates() -> None:
    code = """
from readtwice.answers import read_answers
from readtwice.feedback import label_feedback
from readtwice.keys import key_path, read_key
from readtwice.marking import mark
from readtwice.schemes import read_scheme
from readtwice.texts import read_text
text, scheme = read_text("harbour"), read_scheme("voice")
key = read_key(key_path(text, "voice"), scheme, text)
answers = read_answers("T: author\\n2.1: quote | Pellow", scheme, text)
assert "Right on 2 of" in label_feedback(mark(answers, key, scheme), key, scheme, [(text, answers)], 20)
"""
    assert loaded_after(code, (*OUTSIDE, "pandas", "jinja2")) == {"jinja2"}


def test_the_table_is_what_asks_for_pandas() -> None:
    code = """
from readtwice import read, table
from readtwice.answer_cell import answers_magic
read("harbour")
answers_magic("voice", "T: author")
assert "pandas" not in sys.modules
table("voice")
"""
    assert "pandas" in loaded_after(code, ("pandas",))
