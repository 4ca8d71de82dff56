"""Text that no database keeps is refused wherever it hides: NUL characters and lone surrogates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import commands as c
from casework.domain.decide import decide
from casework.domain.refusals import Invalid
from domain.cast import BOUNDED, a_case, admin, context

BAD = ["\x00", "a\x00b", "\ud800", "a\udfff", "\ude00\ud83d"]
GOOD = ["", "a", "🚀", "العربية", "a\u2028b\r\n\t", "\U0010ffff", "\ufffe", "\x01\x7f"]


def decided(command):
    case = None if isinstance(command, c.Open) else a_case()
    return decide(case, command, context(admin))


def carriers(text):
    """The same text in every place where a command can carry one, with the member that is to be named."""
    return {
        "comment": (c.AddComment(text=text), "text"),
        "member": (c.Edit(set={"subject": text}), "subject"),
        "opening": (c.Open(set={"description": text}), "description"),
        "link": (c.Open(set={}, links=(c.NewLink(text),)), "name"),
        "link address": (c.AddLink(link=c.NewLink("x", text)), "url"),
        "link extra": (c.AddLink(link=c.NewLink("x", None, {"ibm": {"crn": text}})), "crn"),
        "nested value": (c.Edit(set={"fields": {"a": {"b": [1, (2, {"c": text})]}}}), "c"),
        "list": (c.Edit(set={"fields": {"tags": ["a", text]}}), "tags"),
        "name of a field": (c.Edit(set={"fields": {text: 1}}), "fields"),
        "name of a dialect": (c.Edit(set={"extra": {text: {}}}), "extra"),
        "file name": (c.Attach(name=text, size=1, digest="0"), "name"),
        "media type": (c.Attach(name="a", size=1, digest="0", content_type=text), "content_type"),
        "close note": (c.SetStatus(set={"close_note": text}), "close_note"),
        "comment of a move": (c.SetStatus(comment=text), "comment"),
        "rating": (c.Rate(rating=4, comment=text), "comment"),
        "escalation": (c.Escalate(team=1, note=text), "note"),
        "relation": (c.Relate(other=1, type=text), "type"),
        "access list": (c.Grant(acl={text: "r"}), "acl"),
        "letters": (c.Grant(acl={"1": text}), "1"),
        "expectation": (c.Wake(expect=c.Expectation("version", text)), "value"),
    }


@pytest.mark.parametrize("where", carriers(""))
@pytest.mark.parametrize("text", BAD, ids=ascii)
def test_it_is_refused_wherever_it_hides_and_the_member_is_named(text, where):
    command, member = carriers(text)[where]
    with pytest.raises(Invalid) as refused:
        decided(command)
    assert refused.value.member == member
    refused.value.message.encode()


@pytest.mark.parametrize("text", GOOD, ids=ascii)
def test_every_other_text_is_kept_to_the_letter(text):
    (event,) = decided(c.Edit(set={"fields": {"a": [text]}, "subject": text or "x"}))
    assert event.set["fields"] == {"a": [text]}


@BOUNDED
@given(
    st.recursive(
        st.text(st.characters(codec=None), max_size=3) | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None), max_size=2), inner),
        max_leaves=6,
    )
)
def test_what_is_let_in_can_be_encoded(value):
    try:
        (event,) = decided(c.Edit(set={"fields": {"a": [value]}}))
    except Invalid:
        return
    text = str(event.set)
    assert "\\x00" not in text
    text.encode()


def test_numbers_and_nothing_are_no_text():
    assert decided(c.Edit(set={"fields": {"a": 1, "b": 1.5, "c": True}}))
    assert decided(c.Rate(rating=None)) == []
