"""What needs a human eye, file by file."""

from __future__ import annotations

from collections.abc import Iterable


def by_file(attention: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Each file with what is to be said of it: every note once, a whole sentence."""
    files: dict[str, dict[str, None]] = {}
    for where, why in attention:
        files.setdefault(where, {})[f"{why.rstrip('.')}."] = None
    return {where: list(notes) for where, notes in files.items()}
