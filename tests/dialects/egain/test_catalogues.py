"""The message catalogues are whole: every text, in every language, in the standard form."""

import pytest
from babel.messages.pofile import read_po

from casework.dialects.egain import faults, language, translate
from dialects.egain.client import LOCALES

TEXTS = {*faults.USER_MESSAGES.values(), *translate.TITLES.values()}


def test_all_fifteen_are_there():
    assert set(language.LOCALES) == set(LOCALES)
    assert {path.name.replace("_", "-") for path in language.FOLDER.iterdir()} == set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_translated(locale):
    path = language.FOLDER / locale.replace("-", "_") / "LC_MESSAGES" / "egain.po"
    with path.open("rb") as file:
        found = read_po(file, abort_invalid=True)
    assert {entry.id for entry in found if entry.id} == TEXTS
    assert all(entry.string for entry in found if entry.id)
    same = {entry.id for entry in found if entry.id and entry.id == entry.string}
    assert locale == "en-US" or same <= {"Open", "Urgent"}


def test_every_code_has_a_text():
    assert set(faults.CODES.values()) <= set(faults.USER_MESSAGES)
