"""Giving back: the feedback pages as zips, named so that a platform knows whose each page is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from readtwice.build import replace_file
from readtwice.course import CannotDo
from readtwice.marked_before import Before, marked_before
from readtwice.whose import CANVAS, MOODLE, on_platform

EVERYONE = "feedback.zip"
HOW = {
    "": "A folder for each student, to hand out in whatever way you like.",
    MOODLE: "In Moodle: open the assignment, its submissions, and choose “Upload multiple feedback files in a zip”.",
    CANVAS: (
        "In Canvas: open the assignment and choose “Re-Upload Submissions”; each page becomes a comment on the submission. "
        "Canvas may show it under the name of the file that was handed in (….ipynb): save it as .html to open it."
    ),
}
_LONG_AGO = (2000, 1, 1, 0, 0, 0)  # so that the same pages make the same zip


@dataclass
class GivenBack:
    """Zips that were written, with the number of pages in each, and who has no page in them, with why."""

    zips: dict[Path, int] = field(default_factory=dict)
    without: list[tuple[str, str]] = field(default_factory=list)


def give_back(course: Path, units: Iterable[str], platform: str = "") -> GivenBack:
    """Write the feedback pages into zips in the course folder; raises CannotDo where there is no page.

    Without a platform it is one zip with a folder for each student. Moodle and Canvas take a zip for
    each assignment, in which a page is called as the hand-in was in their own download: Moodle reads
    the participant's number back, Canvas the numbers of the user and of the file that was handed in.
    """
    units = list(units)
    before = marked_before(course)
    pages = {(page.parents[1].name, name): page for name in units for page in sorted((course / "feedback").glob(f"*/{name}/{name}.html"))}
    if not pages:
        raise CannotDo("there are no feedback pages yet. Mark the hand-ins first:  readtwice mark")
    done = GivenBack()
    handed_in = {(place.parent.name, name): None for name in units for place in sorted((course / "submitted").glob(f"*/{name}"))}
    done.without = [
        (f"{student}, {name}", "there is no feedback page. Mark the hand-in again, and see why it could not be read")
        for student, name in {**handed_in, **before}
        if name in units and (student, name) not in pages
    ]
    if not platform:
        _zip(course / EVERYONE, {f"{student}/{name}.html": page for (student, name), page in pages.items()}, done)
        return done
    for name in units:
        inside = {}
        for (student, unit), page in pages.items():
            if unit != name:
                continue
            if called := _called(before.get((student, unit)), platform):
                inside[f"{called}{'' if platform == CANVAS else '/'}{unit}.html"] = page
            else:
                done.without.append(
                    (f"{student}, {unit}", f"this did not come in a download of {platform.title()}, so no name says whose it is there")
                )
        if inside:
            _zip(course / f"feedback-{platform}-{name}.zip", inside, done)
    if not done.zips:
        raise CannotDo(
            f"no hand-in came in a download of {platform.title()}, so no page can be named for it. "
            "Without --for the pages come in a folder for each student"
        )
    return done


def _called(one: Before | None, platform: str) -> str:
    """What a platform called a hand-in, up to where its own file name began; "" where this student has no number there."""
    from_platform, called = on_platform(one.where) if one and one.number else ("", "")
    return called if from_platform == platform else ""


def _zip(path: Path, inside: Mapping[str, Path], done: GivenBack) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in inside.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), page.read_bytes(), zipfile.ZIP_DEFLATED)
    replace_file(path, file.getvalue())
    done.zips[path] = len(inside)
