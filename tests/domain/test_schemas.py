"""Custom-field schemas of case types, and the values that they let pass."""

import pytest

from casework.domain.fields.schemas import MOST_FIELDS, check_fields, check_schemas, check_value, check_values
from casework.domain.refusals import Invalid


def schema(kind: str = "string", **more) -> dict:
    return {"name": "f", "type": kind, **more}


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (schema(), "text"),
        (schema(values=["a", "b"]), "b"),
        (schema(values=["a"], many=True), ["a", "a"]),
        (schema(extra={"length": 2}), "ab"),
        (schema("integer", min=1, max=3), 3),
        (schema("number", min=1), 1.5),
        (schema("number", max=2), 2),
        (schema("boolean"), False),
        (schema("boolean", values=["true"]), True),
        (schema("date"), "2026-01-31"),
        (schema("datetime"), "2026-01-31T10:00:00+00:00"),
        (schema("enum", values=["1", "2"]), 1),
        (schema("whatever"), "text"),
    ],
)
def test_a_value_that_fits_passes(given, value):
    check_value(given, value)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (schema(), 7),
        (schema(), ["text"]),
        (schema(values=["a"]), "b"),
        (schema(values=["a"], many=True), ["a", "b"]),
        (schema(extra={"length": 2}), "abc"),
        (schema("integer"), 1.5),
        (schema("integer"), True),
        (schema("integer", min=1), 0),
        (schema("number", max=1), 2.5),
        (schema("number"), "1"),
        (schema("boolean"), "true"),
        (schema("date"), "31.1.2026"),
        (schema("date"), 20260131),
        (schema("datetime"), "now"),
        (schema("enum"), ["a"]),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(given, value):
    with pytest.raises(Invalid) as caught:
        check_value(given, value)
    assert caught.value.member == "f"


def test_the_fields_of_a_case_are_known_and_the_required_ones_there():
    known = [schema(required=True), {"name": "g", "type": "integer"}]
    check_values(known, {"f": "x", "g": None})
    check_fields(known, {"f": "x", "foreign": 1}, {"g": 2})
    for values, member in (({"f": "x", "h": 1}, "h"), ({"g": 1}, "f"), ({"f": None}, "f"), ({"f": "x", "g": "y"}, "g")):
        with pytest.raises(Invalid) as caught:
            check_values(known, values)
        assert caught.value.member == member


def test_schemas_in_order_pass():
    check_schemas(
        [schema(min=1, max=2), {"name": "g", "type": "integer", "extra": {"default": 3}, "min": 1}], {"other"}
    )
    check_schemas([], ())


@pytest.mark.parametrize(
    ("schemas", "member"),
    [
        ([schema()] * (MOST_FIELDS + 1), "customFieldSchemas"),
        ([{"name": "1", "type": "string"}], "fieldName"),
        ([schema(), schema()], "fieldName"),
        ([{"name": "taken", "type": "string"}], "fieldName"),
        ([schema("number", min=2, max=1)], "validation"),
        ([schema("number", extra={"default": "x"})], "f"),
    ],
)
def test_schemas_out_of_order_are_refused(schemas, member):
    with pytest.raises(Invalid) as caught:
        check_schemas(schemas, {"taken"})
    assert caught.value.member == member
