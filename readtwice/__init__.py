"""readtwice: take a persuasive text apart, sentence by sentence."""

import sys

from readtwice.classroom import agree, class_labels, class_table, classroom, my_labels
from readtwice.marking import mark
from readtwice.notebook import chart, check, read, register, reveal, strip, table

__version__ = "0.1.0"
__all__ = [
    "agree", "chart", "check", "class_labels", "class_table", "classroom", "mark", "my_labels", "read", "reveal", "strip", "table",
]  # fmt: skip


def load_ipython_extension(shell) -> None:
    """``%load_ext readtwice`` does what the import does anyway."""
    register(shell)


if (_ipython := sys.modules.get("IPython")) and (_shell := _ipython.get_ipython()):
    register(_shell)
