"""readtwice: take a persuasive text apart, sentence by sentence."""

import sys

from readtwice.marking import mark
from readtwice.notebook import chart, check, curve, read, register, reveal, strip, table

__version__ = "0.1.0"
__all__ = ["chart", "check", "curve", "mark", "read", "reveal", "strip", "table"]


def load_ipython_extension(shell) -> None:
    """``%load_ext readtwice`` does what the import does anyway."""
    register(shell)


if (_ipython := sys.modules.get("IPython")) and (_shell := _ipython.get_ipython()):
    register(_shell)
