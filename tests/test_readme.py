"""README is true: its commands exist, its output is what they print, its links lead somewhere."""

from __future__ import annotations

import re

from conftest import ROOT, UNIT
from typer.testing import CliRunner

from readtwice.cli import app
from readtwice.sources import read_sources
from readtwice.texts import read_text, text_names

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```\n(.*?)```", README, re.DOTALL)


def commands() -> set[str]:
    return {command.name or command.callback.__name__ for command in app.registered_commands}


def test_every_command_is_documented_and_every_documented_command_exists():
    assert set(re.findall(r"^\| `readtwice ([\w-]+)", README, re.MULTILINE)) == commands()
    assert set(re.findall(r"readtwice ([\w-]+)", "\n".join(BLOCKS))) <= commands()


def test_every_documented_option_exists():
    for name, usage in re.findall(r"^\| `readtwice ([\w-]+)([^`]*)`", README, re.MULTILINE):
        help_text = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).output
        assert [option for option in re.findall(r"--\w+", usage) if option not in help_text] == []


def test_every_make_target_of_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"make (\w+)$", README, re.MULTILINE))
    assert targets >= {"demo", "lab", "test"}
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


def test_the_output_of_demo_in_readme_is_what_demo_prints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["demo"], env={"COLUMNS": "80"})
    (block,) = (block for block in BLOCKS if block.startswith("A simulated class"))
    assert result.exit_code == 0
    assert result.stdout.strip() == block.strip()


def test_links_of_the_documents_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
        assert [link for link in links if not (ROOT / link).exists()] == []


def test_contributing_names_every_module():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = {path.stem for path in (ROOT / "readtwice").glob("*.py") if not path.stem.startswith("__")}
    assert [module for module in modules if f"`{module}`" not in text] == []


def test_the_lesson_table_lists_the_lessons_that_there_are():
    lessons = {path.name for path in (ROOT / "lessons").glob("*.ipynb")}
    assert set(re.findall(r"\]\(lessons/([^)]+\.ipynb)\)", README)) == lessons
    assert f"{UNIT}.ipynb" in lessons


def test_the_table_of_texts_lists_every_text_and_counts_rightly():
    linked = set(re.findall(r"\]\(readtwice/texts/([^/]+)/text\.txt\)", README))
    assert linked == {name for name in text_names() if read_text(name).about["use"] != "test"}
    sentences, sources = re.search(r"the article, (\d+) sentences, real \|.*?(\d+) sources", README).groups()
    assert int(sentences) == len(read_text("russia-must-act").sentences)
    assert int(sources) == len({card.id for card in read_sources("russia-must-act")})
