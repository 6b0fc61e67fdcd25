from dataclasses import fields, replace

import pytest

import gmmviz as gv
from gmmviz.storyboard.languages import find, shipped, translated, translation
from gmmviz.storyboard.vocabulary import WORDS, fields_in


def test_german_spanish_french_and_chinese_are_shipped():
    assert shipped() == ("de", "es", "fr", "zh")


@pytest.mark.parametrize("language", shipped())
def test_language_has_every_word_with_the_fields_of_the_english_one(language):
    found = {key: sorted(fields_in(text)) for key, text in translation(language)["words"].items()}

    assert found == {key: sorted(fields_in(phrase.text)) for key, phrase in WORDS.items()}


@pytest.mark.parametrize("language", shipped())
def test_language_has_every_caption_with_the_fields_of_the_english_one(language):
    usual = gv.Captions()
    english = {field.name: getattr(usual, field.name) for field in fields(usual)}
    found = translation(language)["captions"]

    assert {key: sorted(fields_in(text)) for key, text in found.items()} == {
        key: sorted(fields_in(text)) for key, text in english.items() if text
    }
    assert [key for key, text in found.items() if text == english[key] and key not in ("event", "fast_one")] == []
    gv.Captions(**found)  # which checks them


@pytest.mark.parametrize("language", shipped())
def test_caption_has_a_label_where_the_english_one_has(language):
    from gmmviz.storyboard.words import label_and_rest

    for key, text in translation(language)["captions"].items():
        assert bool(label_and_rest(text)[0]) == bool(label_and_rest(getattr(gv.Captions(), key))[0]), key


def test_captions_of_ones_own_are_left():
    own = gv.Captions(start="Los: es beginnt")

    assert translated(own, "de") == replace(gv.Captions(**translation("de")["captions"]), start="Los: es beginnt")
    assert translated(own, "xx") == translated(own, "en") == own


def test_longest_tag_is_found():
    known = {"de": 1, "de-at": 2}

    assert [find(tag, known) for tag in ("de", "de-AT", "de-AT-1996", "de-CH", "d", "zh-TW")] == [
        1,
        2,
        2,
        1,
        None,
        None,
    ]
    assert (find("zh-TW", {"zh": 1}), find("zh-TW", {"zh-tw": 2}), find("zh-SG", {"zh": 1})) == (None, 2, 1)
