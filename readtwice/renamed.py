"""A name corrected in who.csv: what was marked under the wrong one goes over to the right one."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from readtwice.collect import Unreadable
from readtwice.marked_before import Before, digest_of, forget_lines

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from readtwice.plan import Planned

Who = tuple[str, str]


def correct_names(
    gradebook: Gradebook, planned: Sequence[Planned], before: Mapping[Who, Before], who: Collection[str], course: Path
) -> list[tuple[str, str]]:
    """Move what stands under a name that who.csv had for a file before, and say so for each.

    Only where the very same file was marked under that name, which nothing at hand bears any more: its
    hand-in in the gradebook goes over, with the teacher's marks and comments, or is deleted where the
    right name has one already; its page and marked notebook are deleted. The gradebook comes first,
    so a killed run can be run again.
    """
    here = {one.who for one in planned}
    owners: dict[tuple[str, str], list[Planned]] = {}
    for one in planned:
        if one.found.where in who:
            owners.setdefault((one.found.where, one.unit), []).append(one)
    notes = []
    for (where, unit), right in owners.items():
        for wrong in _wrong_names(right[0], before, here):
            heir = _in_gradebook(gradebook, unit, wrong, [one.student for one in right])
            for folder in ("autograded", "feedback"):
                shutil.rmtree(course / folder / wrong / unit, ignore_errors=True)
                with contextlib.suppress(OSError):  # another unit's lies there still, or nothing ever did
                    (course / folder / wrong).rmdir()
            forget_lines(course, {(wrong, unit)})
            what = f"went over to {heir}, with your marks and comments" if heir else "was deleted, as who.csv says otherwise now"
            notes.append((where, f"this stood under the name {wrong} before. What was marked there {what}"))
    return notes


def _wrong_names(one: Planned, before: Mapping[Who, Before], here: Collection[Who]) -> list[str]:
    held = [b for who, b in before.items() if b.unit == one.unit and b.where == one.found.where and who not in here]
    if not held:
        return []
    try:
        content = one.found.read()
    except (OSError, Unreadable):
        return []
    return [b.student for b in held if b.hand_in == digest_of(b.student, content, one.found.beside)]


def _in_gradebook(gradebook: Gradebook, unit: str, wrong: str, right: Sequence[str]) -> str:
    """Give a hand-in to the first of its right students who has none, and delete a student who has none then; whose it is now, or ""."""
    from nbgrader.api import MissingEntry

    try:
        submission = gradebook.find_submission(unit, wrong)
    except MissingEntry:  # a killed run did it
        return ""
    have = {one.student.id for one in gradebook.assignment_submissions(unit)}
    heir = next((student for student in right if student not in have), "")
    if heir:
        submission.student = gradebook.update_or_create_student(heir)
        gradebook.db.commit()
    else:
        gradebook.remove_submission(unit, wrong)
    gradebook.db.expire_all()
    student = gradebook.find_student(wrong)
    if not student.submissions and not (student.first_name or student.last_name or student.email):
        gradebook.remove_student(wrong)
    return heir
