"""Texts: the division into sentences, ids from position, and names that open nothing else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readtwice.texts import TEXTS, Sentence, Text, TextNotFound, read_text, read_text_folder, split_list, text_names

ARTICLE = Path(__file__).parent / "article" / "russia-must-act.txt"


def folder(tmp_path: Path, source: str, speakers: str = "") -> Path:
    (tmp_path / "text.txt").write_text(source, encoding="utf-8")
    (tmp_path / "about.toml").write_text('kind = "real"\nnotice = "Studied."\n', encoding="utf-8")
    if speakers:
        (tmp_path / "speakers.csv").write_text(speakers, encoding="utf-8")
    return tmp_path


def test_joining_the_lines_of_the_article_gives_back_the_original_but_for_white_space(article: Text) -> None:
    joined = " ".join(sentence.text for sentence in article.sentences)
    assert joined.split() == ARTICLE.read_text(encoding="utf-8").split()


def test_paragraphs_of_the_article_are_those_of_the_original(article: Text) -> None:
    original = [line.split() for line in ARTICLE.read_text(encoding="utf-8").splitlines() if line.strip()]
    paragraphs: dict[int, list[str]] = {}
    for sentence in article.sentences:
        paragraphs.setdefault(sentence.paragraph, []).extend(sentence.text.split())
    assert list(paragraphs.values()) == original


@pytest.mark.parametrize("name", text_names())
def test_ids_follow_from_the_position(name: str) -> None:
    text = read_text(name)
    assert (text.sentences[0].item, text.sentences[0].text) == ("T", text.title)
    seen: dict[int, int] = {}
    for sentence in text.sentences[1:]:
        seen[sentence.paragraph] = seen.get(sentence.paragraph, 0) + 1
        assert sentence.item == f"{sentence.paragraph}.{seen[sentence.paragraph]}"
    assert list(seen) == list(range(1, len(seen) + 1))
    assert len(set(text.items)) == len(text.sentences)


@pytest.mark.parametrize("name", text_names())
def test_every_sentence_is_found_by_its_id_and_holds_words(name: str) -> None:
    text = read_text(name)
    for sentence in text.sentences:
        assert text[sentence.item] is sentence
        assert sentence.words > 0


def test_ids_move_when_a_line_is_put_in(tmp_path: Path) -> None:
    text = read_text_folder(folder(tmp_path, "Title\n\nOne.\nNew.\nTwo.\n\nThree.\n"))
    assert [(s.item, s.text) for s in text.sentences] == [
        ("T", "Title"),
        ("1.1", "One."),
        ("1.2", "New."),
        ("1.3", "Two."),
        ("2.1", "Three."),
    ]


def test_comments_windows_lines_and_several_blank_lines_change_nothing(tmp_path: Path) -> None:
    plain = read_text_folder(folder(tmp_path, "Title\n\nOne.\nTwo.\n\nThree.\n"))
    odd = read_text_folder(folder(tmp_path, "# a note\r\n\r\nTitle\r\n \t\r\n  One.\r\n# between\r\nTwo.  \r\n\r\n\r\n\r\nThree."))
    assert odd.sentences == plain.sentences


def test_speakers_come_with_their_forms_and_a_text_without_a_table_has_none(tmp_path: Path) -> None:
    text = read_text_folder(folder(tmp_path, "T\n\nOne.\n", "speaker,forms\nRuiz,Mayor Ruiz; the mayor ;\n"))
    assert text.speakers == {"Ruiz": ("Mayor Ruiz", "the mayor")}
    (tmp_path / "speakers.csv").unlink()
    assert read_text_folder(tmp_path).speakers == {}


def test_an_unknown_name_is_answered_with_the_names_that_there_are() -> None:
    with pytest.raises(TextNotFound) as caught:
        read_text("harbor")
    assert "harbor" in str(caught.value)
    for name in text_names():
        assert name in str(caught.value)


@pytest.mark.parametrize(
    "name", ["../texts/harbour", "harbour/", "./harbour", "harbour/../harbour", "/etc", "harbour/keys", "..", ".", "", "~", "harbour\0"]
)
def test_a_name_never_opens_anything_but_an_installed_text(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(folder: Path) -> Text:
        raise AssertionError(f"opened {folder}")

    monkeypatch.setattr("readtwice.texts.read_text_folder", opened)
    with pytest.raises(TextNotFound):
        read_text(name)


def test_a_full_path_to_a_text_outside_is_refused(tmp_path: Path) -> None:
    folder(tmp_path, "Title\n\nSecret.\n")
    for name in (str(tmp_path), f"../../../../../../../..{tmp_path}"):
        with pytest.raises(TextNotFound):
            read_text(name)


@settings(deadline=None)
@given(st.text().filter(lambda name: name not in text_names()))
def test_any_other_name_raises_the_clear_error(name: str) -> None:
    with pytest.raises(TextNotFound):
        read_text(name)


def test_each_text_says_whether_it_is_real_or_written_for_the_course() -> None:
    for name in text_names():
        text = read_text(name)
        assert text.about["kind"] in ("real", "written for this course")
        assert text.about["use"] in ("practice", "graded", "test")
        assert not text.for_practice or text.about["kind"] == "written for this course"
        assert text.about["notice"].strip()


def test_practice_texts_say_in_their_first_line_that_they_were_written_for_the_course() -> None:
    practice = [name for name in text_names() if read_text(name).for_practice]
    assert practice
    for name in practice:
        first = (TEXTS / name / "text.txt").read_text(encoding="utf-8").splitlines()[0]
        assert "written for this course" in first.casefold()
        assert "written for this course" in (TEXTS / name / "about.toml").read_text(encoding="utf-8")


def test_a_practice_text_is_long_enough_to_practise_on() -> None:
    assert len(read_text("harbour").sentences) >= 25


def test_the_article_is_real_studied_and_never_counted_as_practice(article: Text) -> None:
    assert not article.for_practice
    assert "not endorsed" in article.about["notice"]
    assert article.about["author"].startswith("none named")
    assert {"outlet", "published", "address", "rights", "copy"} <= set(article.about)


@pytest.mark.parametrize(
    ("text", "words"),
    [("One two.", 2), ("None – at all.", 3), ('" I made "', 2), ("Mi-17V-5 and $650", 3), ("– … “”", 0), ("January 21 , 2022 :", 3)],
)
def test_words_are_the_pieces_that_hold_a_letter_or_a_digit(text: str, words: int) -> None:
    assert Sentence("1.1", 1, text).words == words


def test_lists_in_tables_are_split_at_semicolons() -> None:
    assert split_list(" a ;b;; c d ;") == ("a", "b", "c d")
    assert split_list("") == ()


def test_a_text_prints_as_its_numbered_sentences(article: Text) -> None:
    lines = str(article).splitlines()
    assert len(lines) == len(article.sentences)
    assert all(line.split(maxsplit=1)[0] == s.item and line.endswith(s.text) for line, s in zip(lines, article.sentences, strict=True))
