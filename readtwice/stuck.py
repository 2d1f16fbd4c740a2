"""Who may be stuck: what a hand-in's points and blanks tell a teacher."""

from __future__ import annotations

from readtwice.mark_batch import Standing
from readtwice.page import NO_RESPONSE
from readtwice.units import Unit

LITTLE = 0.2  # of the points that the program gives; about what guessing brings where there are few labels


def stuck(standing: Standing, unit: Unit) -> str:
    """Why the student behind a hand-in may be stuck, in plain words, or "".

    Everything is blank; or half of the answers or more are blank; or the answers that the program
    marks have earned less than a fifth of its points. What waits for the teacher says nothing yet, and
    neither does a unit without points.
    """
    answers = len(unit.solutions_released)
    blank = sum(comment == NO_RESPONSE for comment in standing.comments.values())
    if answers and blank == answers:
        return "left everything blank"
    if blank and 2 * blank >= answers:
        return f"left {blank} of {answers} answers blank"
    of = sum(task.points for task in unit.tasks)
    earned = sum(standing.scores.get(task.test, 0.0) for task in unit.tasks)
    if of and earned < LITTLE * of:
        return f"has {earned:.1f} of {of:g} points that the program gives"
    return ""
