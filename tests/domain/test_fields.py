"""Custom fields written and read as texts (DOMAIN §3, spec/egain §4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.fields.texts import from_texts, to_texts
from casework.domain.nouns import CaseType, Field
from casework.domain.refusals import Invalid
from domain.cast import BOUNDED, GENERIC, NOON, noun, words

COLOURS = ("red", "green")


def field(kind="string", **members):
    return noun(Field, 1, type=kind, **members)


def value(known, *texts):
    return from_texts({"f": known}, {"f": texts})["f"]


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        ("string", " as it is ", " as it is "),
        ("enum", "1", "1"),
        ("richtext", "<b>1</b>", "<b>1</b>"),
        ("integer", "42", 42),
        ("int", "-7", -7),
        ("integer", "+7", 7),
        ("number", "1.5", 1.5),
        ("float", ".5", 0.5),
        ("decimal", "2e3", 2000.0),
        ("number", "7", 7.0),
        ("boolean", "true", True),
        ("bool", "YES", True),
        ("boolean", "1", True),
        ("boolean", "False", False),
        ("boolean", "no", False),
        ("boolean", "0", False),
        ("date", "2024-03-01", "2024-03-01"),
        ("datetime", "2024-03-01T12:00:00+01:00", "2024-03-01T12:00:00+01:00"),
    ],
)
def test_a_text_is_read_by_the_type_of_the_field(kind, text, read):
    found = value(field(kind), text)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", ""), ("integer", "1.0"), ("integer", "1e3"), ("integer", "٣"), ("integer", "1" * 19),
        ("integer", "0x1"), ("integer", " 1"), ("number", "nan"), ("number", "inf"), ("number", "1e999"),
        ("number", "."), ("number", "1_0"), ("boolean", "maybe"), ("boolean", ""), ("date", "2024-02-30"),
        ("date", "yesterday"), ("datetime", "12:00"),
    ],
)  # fmt: skip
def test_a_text_that_does_not_fit_is_refused_by_name(kind, text):
    with pytest.raises(Invalid) as refused:
        value(field(kind), text)
    assert (refused.value.member, refused.value.facts) == ("f", {})


def test_an_unknown_field_is_refused():
    with pytest.raises(Invalid) as refused:
        from_texts({}, {"f": ("1",)})
    assert refused.value.member == "f"


@pytest.mark.parametrize("texts", [("red",), ("green",)])
def test_a_listed_value_is_taken(texts):
    assert value(field("enum", values=COLOURS), *texts) == texts[0]


def test_a_value_that_is_not_listed_is_refused_by_that_rule():
    with pytest.raises(Invalid) as refused:
        value(field("enum", values=COLOURS), "blue")
    assert (refused.value.member, refused.value.facts) == ("f", {"rule": "listed"})


def test_only_many_valued_fields_take_several():
    assert value(field(many=True), "a", "b") == ["a", "b"]
    assert value(field("integer", many=True), "1") == [1]
    with pytest.raises(Invalid):
        value(field(), "a", "b")


@pytest.mark.parametrize("many", [True, False])
def test_no_text_clears_the_field(many):
    assert value(field(many=many)) is None


@pytest.mark.parametrize(("text", "fits"), [("0", False), ("1", True), ("5", True), ("6", False)])
def test_numbers_lie_within_their_bounds(text, fits):
    for known in (field("integer", min=1, max=5), field("number", min=1, max=5)):
        if fits:
            assert value(known, text) == int(text)
        else:
            with pytest.raises(Invalid):
                value(known, text)


def test_a_bound_on_one_side_leaves_the_other_open():
    assert value(field("integer", min=1), "99") == 99
    assert value(field("integer", max=5), "-99") == -99


@pytest.mark.parametrize(
    ("stored", "texts"),
    [
        (None, []),
        ("a", ["a"]),
        (True, ["true"]),
        (False, ["false"]),
        (3, ["3"]),
        (3.0, ["3"]),
        (3.5, ["3.5"]),
        (2.0**53, ["9007199254740992.0"]),
        (["a", 1, None, True], ["a", "1", "true"]),
        (("a", ["b"]), ["a", "b"]),
        ([], []),
    ],
)
def test_values_read_as_texts(stored, texts):
    assert to_texts(stored) == texts


@BOUNDED
@given(
    st.tuples(st.just("integer"), st.integers(-(10**17), 10**17))
    | st.tuples(st.just("number"), st.floats(-1e15, 1e15, allow_subnormal=False).map(lambda x: round(x, 6)))
    | st.tuples(st.just("boolean"), st.booleans())
    | st.tuples(st.just("date"), st.dates().map(str))
    | st.tuples(st.just("string"), st.text())
)
def test_what_is_read_as_texts_is_written_back_as_it_was(known):
    kind, stored = known
    assert value(field(kind), *to_texts(stored)) == stored


def test_a_case_has_the_fields_of_the_tenant_and_of_its_type():
    tenant = {1: noun(Field, 1, key="region", name="Region"), 2: noun(Field, 2, name="old", deleted_at=NOON)}
    kinds = {GENERIC: noun(CaseType, GENERIC, fields=({"name": "severity", "type": "integer", "max": 5},))}
    vocabulary = words(fields=tenant, types=kinds)
    assert set(vocabulary.fields_for(GENERIC)) == {"region", "severity"}
    severity = vocabulary.fields_for(GENERIC)["severity"]
    assert (severity.type, severity.max, severity.many) == ("integer", 5, False)
    for unknown in (None, 999):
        assert set(vocabulary.fields_for(unknown)) == {"region"}
