"""The notebooks in IPython: every cell runs from top to bottom, and what a student typed is kept as text."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, UNIT
from IPython.core.interactiveshell import InteractiveShell

import readtwice
import readtwice.notebook
from readtwice.answers import read_answers
from readtwice.checks import check
from readtwice.notebook import read
from readtwice.schemes import Scheme
from readtwice.shown import Shown
from readtwice.texts import Text

NOTEBOOKS = ["lessons/1-whose-voice.ipynb", f"exercises/{UNIT}/{UNIT}.ipynb", f"solutions/{UNIT}/{UNIT}.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_every_cell_of_the_course_runs_from_top_to_bottom_in_ipython(path: str, shell: InteractiveShell) -> None:
    assert shell.run_cell("%load_ext readtwice").success
    shown: dict[str, object] = {}
    for each in json.loads((ROOT / path).read_text(encoding="utf-8"))["cells"]:
        if each["cell_type"] == "code":
            result = shell.run_cell("".join(each["source"]))
            assert result.success, each["id"]
            shown[each["id"]] = result.result
    checked = [value for value in shown.values() if isinstance(value, Shown)]
    assert len(checked) >= 2
    assert any(isinstance(value, Text) for value in shown.values())
    assert ("All 20 sentences are answered." in checked[1].plain) == path.startswith("solutions")


def test_importing_readtwice_in_ipython_is_enough_to_have_answer_cells(tmp_path: Path) -> None:
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
assert "answers" not in shell.magics_manager.magics["cell"]
import readtwice
assert "answers" in shell.magics_manager.magics["cell"]
"""
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "IPYTHONDIR": str(tmp_path)})


def test_in_ipython_the_cell_magic_keeps_what_the_student_typed_as_text(shell: InteractiveShell, voice: Scheme, article: Text) -> None:
    """The text of an answer cell is no Python: braces, dollars and calls stay as they are."""
    readtwice.load_ipython_extension(shell)
    read("russia-must-act")
    body = "2.1: quote | {6*7} $HOME !ls\nimport os; os.abort()\nT: author"
    assert shell.run_cell(f"%%answers voice\n{body}").success
    kept = readtwice.notebook._here.sources["voice", "russia-must-act"]
    assert read_answers(kept, voice, article).rows["2.1"].detail == "{6*7} $HOME !ls"
    assert check("voice").plain.count("import os; os.abort()") == 1
