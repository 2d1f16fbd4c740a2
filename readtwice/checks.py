"""What a student's cells call to hear how they did: check and reveal."""

from __future__ import annotations

import os
from contextlib import suppress

from readtwice.answer_cell import state_of
from readtwice.feedback import key_told, practice_feedback
from readtwice.keys import KeyProblem
from readtwice.kinds import kind_of
from readtwice.notebook import NotReady, is_own, kept, own_text, with_checks_before
from readtwice.numbers import RECIPES
from readtwice.schemes import SchemeNotFound
from readtwice.shown import Shown, listed, say
from readtwice.texts import TextNotFound


class NotMarked(RuntimeError):
    """A check ran inside nbgrader without this course's configuration."""


class StillOpen(ValueError):
    """nbgrader's Validate button was pressed while something is open or unreadable."""


def check(layer: str, name: str = "") -> Shown | None:
    """Say what is still open or could not be read, and never which answer is right.

    A cell that checks several texts shows what is said of each. On a practice text each answer is
    explained at once. Inside nbgrader: raises NotMarked when hand-ins are marked without this
    course's configuration, so that a missing set-up gives 0 and never full marks, and StillOpen
    under Validate.
    """
    shown = _checked(layer, name)
    return shown and with_checks_before(shown)


def _checked(layer: str, name: str) -> Shown | None:
    under = os.environ.get("NBGRADER_EXECUTION", "")
    if under == "autograde":
        raise NotMarked("not marked: start nbgrader in the course folder, where nbgrader_config.py lies")
    try:
        text = own_text(name)
        message, todo = state_of(layer, text)
        if not is_own(text):
            message = [f"On “{text.title}”:", *message]
    except (TextNotFound, SchemeNotFound, NotReady) as error:
        if under == "validate":
            raise StillOpen(str(error)) from None
        return say([str(error)])
    if under == "validate":
        if todo:
            raise StillOpen(" ".join([*message, *todo]))
        return None
    if text.for_practice and layer not in RECIPES:
        kind = kind_of(layer, text)
        answers = kind.read(kept(layer, text))
        with suppress(KeyProblem):  # nothing is asked there that could be explained
            key = kind.key(None)
            asked = key.only(item for item in key.rows if item in answers.rows and not answers.rows[item].given)
            html, plain = practice_feedback(kind.mark(answers, asked), asked)
            state = say(message, todo)
            return Shown(state.html + html, f"{state.plain}\n{plain}")
    return say(message, todo)


def reveal(layer: str, name: str = "") -> Shown:
    """Show the key of a practice text, each item only once it has an answer: first decide, then look.

    A guess counts as an answer. The key of a graded text is never shown.
    """
    try:
        text = own_text(name)
        kind = kind_of(layer, text)
        answers = kind.read(kept(layer, text))
        key = kind.key(None)
    except (TextNotFound, SchemeNotFound, NotReady) as error:
        return say([str(error)])
    except KeyProblem:
        return say([f"The answers on “{text.title}” stay with your teacher until it has been marked."])
    asked = [item for item in key.rows if item in answers.rows and not answers.rows[item].given]
    if not asked:
        return say(["This cell has no line for you to answer, so there is nothing to show. A line that starts with = is given."])
    still = answers.open(asked)
    if len(still) == len(asked):
        return say([f"First decide, then look. Answer at least one of: {listed(still)}. A guess is fine."])
    shown = key.only(item for item in asked if item not in still)
    html, plain = key_told(answers, shown)
    state = say(
        [f"The key on {len(asked) - len(still)} of {len(asked)} {kind.things}."],
        [f"First decide, then look: {listed(still)}."] if still else [],
    )
    return Shown(state.html + html, f"{state.plain}\n{plain}")
