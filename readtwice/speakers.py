"""Speakers: which speaker of a text a student means."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

AUTHOR = "author"
SLIP = 0.8  # likeness at which one long word counts as a slip of the pen: Blinkin, Lavrow


def words_of(phrase: str) -> list[str]:
    """Words of a phrase in lower case, without punctuation."""
    return re.findall(r"\w+", phrase.casefold().replace("’s", "").replace("'s", ""))


def speaker_of(typed: str, speakers: Mapping[str, tuple[str, ...]]) -> str | None:
    """Say which speaker was meant, by short name, or None where that is open.

    A speaker is meant when one of the known forms of the name stands in what was typed. Names of
    two speakers leave it open. A slip in one letter of a long word is forgiven.
    """
    typed_words = words_of(typed)
    exact = {s for s, forms in speakers.items() if any(_holds(typed_words, words_of(f)) for f in (s, *forms))}
    if not exact:
        exact = {s for s in speakers for last in words_of(s)[-1:] if _nearly(typed_words, last)}
    return exact.pop() if len(exact) == 1 else None


def _holds(typed: list[str], form: list[str]) -> bool:
    return bool(form) and any(typed[i : i + len(form)] == form for i in range(len(typed) - len(form) + 1))


def _nearly(typed: list[str], name: str) -> bool:
    return len(name) > 5 and bool(difflib.get_close_matches(name, typed[:20], 1, SLIP))
