"""readtwice: take a persuasive text apart, sentence by sentence."""

import sys

from readtwice.answer_cell import register
from readtwice.checks import check, reveal
from readtwice.classroom import agree, class_labels, class_table, classroom, my_labels
from readtwice.drawings import argument_map, chart, curve, strip
from readtwice.leave_page import cards, claim_review, compare, source_table
from readtwice.marking import mark
from readtwice.notebook import read
from readtwice.tables import table

__version__ = "0.1.0"
__all__ = [
    "agree", "argument_map", "cards", "chart", "check", "claim_review", "class_labels", "class_table", "classroom", "compare", "curve",
    "mark", "my_labels", "read", "reveal", "source_table", "strip", "table",
]  # fmt: skip


def load_ipython_extension(shell) -> None:
    """``%load_ext readtwice`` does what the import does anyway."""
    register(shell)


if (_ipython := sys.modules.get("IPython")) and (_shell := _ipython.get_ipython()):
    register(_shell)
