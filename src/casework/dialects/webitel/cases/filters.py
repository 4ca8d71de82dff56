"""`filters`, `q` and `qin`, `ids` and `contact_id`: which cases a list has (spec/webitel §5.6)."""

import re
from collections.abc import Collection

from casework.casebook.reading import Condition, Group, Where
from casework.dialects.webitel import conventions, etag
from casework.dialects.webitel.cases import cel
from casework.dialects.webitel.conventions import Parameters, Pattern
from casework.domain.refusals import Invalid
from casework.domain.vocabulary import Vocabulary

REFERENCES = frozenset(
    {
        "created_by", "updated_by", "author", "assignee", "reporter", "impacted", "source", "priority", "status",
        "status_condition", "close_reason", "close_reason_group", "sla", "sla_condition", "group",
    }
)  # fmt: skip
"""Filters whose value is ids by comma, or the word null."""
TIMES = frozenset({"created_at", "planned_reaction_at", "planned_resolve_at", "reacted_at", "resolved_at"})
TEXTS = frozenset({"subject", "description", "name", "contact_info"})
SORTED = frozenset(
    {
        "id", "ver", "created_at", "updated_at", "name", "subject", "description", "planned_reaction_at",
        "planned_resolve_at", "reacted_at", "resolved_at", "contact_info", "close_result", "rating", "rating_comment",
    }
)  # fmt: skip
SORTED_BY_NAME = REFERENCES | {"service"}
MOST = 50
"""Comparisons in all filters together."""
_ELEMENT = re.compile(r"\s*([\w.]+?)\s*(!=|=)(.*)", re.DOTALL)
_BOUNDS = {("from", "="): ">=", ("to", "="): "<=", ("from", "!="): "<", ("to", "!="): ">"}
NOTHING = Where("nothing")


def condition(words: Vocabulary, asked: Parameters, contact: int | None = None) -> tuple[Condition, ...]:
    """Return what a list's parameters ask for.

    Args:
        words: The tenant's words: services beneath services, custom fields.
        asked: The parameters.
        contact: The contact in the path, or None.
    """
    found: list[Condition] = []
    if contact is None and (given := asked.one("contact_id")):
        contact = conventions.number(given, "contact_id")
    if contact is not None:
        found.append(Where("about", [contact]))
    idents = [etag.decode(text, "case").number for text in asked.many("ids")]
    if idents:
        found.append(Where("numbers", idents))
    if (wanted := conventions.pattern(asked)) is not None and (search := searched(wanted, asked.one("qin"))):
        found.append(search)
    reader = _Filters(words, with_ids=bool(idents))
    found += [reader.element(text) for text in asked.values.get("filters", []) if text.strip()]
    if expression := asked.one("filters_v1").strip():
        found.append(cel.condition(expression))
    return tuple(found)


def sort(asked: Parameters) -> tuple[str, bool]:
    """Return the order: newest first, or by a field; by the name of what a field refers to; unsorted otherwise."""
    field, descending = conventions.order(asked)
    if not field:
        return "by created_at", True
    if field in SORTED:
        return f"by {field}", descending
    if field in SORTED_BY_NAME:
        return f"by {field}.name", descending
    return "number", False


def searched(wanted: Pattern, where: str) -> Condition | None:
    """Return where `q` looks: everywhere, or in the one place that `qin` names; nowhere for an unknown one."""
    number = wanted.value.strip()
    by_id: list[Condition] = []
    if not wanted.expression and number.isascii() and number.isdigit() and int(number[:20]) <= conventions.HIGHEST:
        by_id = [Where("numbers", [int(number)])]
    reached: list[Condition] = [] if wanted.expression else [Where("reached", wanted.like)]
    places: dict[str, list[Condition]] = {
        "id": by_id,
        "name": [_text("name", wanted)],
        "subject": [_text("subject", wanted)],
        "contact_info": [_text("contact_info", wanted), *reached],
    }
    if where in {"", "full"}:
        parts = [part for found in places.values() for part in found]
    elif where in places:
        parts = places[where] or [NOTHING]
    else:
        return None
    return Group(tuple(parts), "or")


def _text(member: str, wanted: Pattern) -> Where:
    return Where("match", (member, wanted.value)) if wanted.expression else Where("like", (member, wanted.like))


class _Filters:
    """Reads the elements of `filters`."""

    def __init__(self, words: Vocabulary, *, with_ids: bool) -> None:
        self._words = words
        self._with_ids = with_ids
        self._count = 0
        self._custom = {field.key or field.name for field in words.fields.values() if field.deleted_at is None}

    def element(self, text: str) -> Condition:
        """Return one element: comparisons joined by `&&` and, binding looser, `||`."""
        either = [Group(tuple(map(self._one, part.split("&&")))) for part in text.split("||")]
        return Group(tuple(either), "or")

    def _one(self, text: str) -> Condition:
        self._count += 1
        if self._count > MOST:
            msg = f"At most {MOST} comparisons can be made at once."
            raise Invalid(msg, member="filters")
        match = _ELEMENT.fullmatch(text)
        if match is None:
            msg = f"'{text[:100]}' is no filter: field=value or field!=value."
            raise Invalid(msg, member="filters")
        field, operator, value = match[1].lower(), match[2], match[3].strip()
        name, _, bound = field.rpartition(".")
        if bound in {"from", "to"} and (name in TIMES or name == "rating"):
            return _bounded(name, _BOUNDS[bound, operator], value)
        found = self._plain(conventions.snake(match[1]), match[1], value)
        if isinstance(found, _Custom):
            return found.condition(operator)
        return Group((found,), negated=True) if operator == "!=" else found

    def _plain(self, field: str, spelt: str, value: str) -> "Condition | _Custom":
        if field in REFERENCES:
            return _among(f"{field}.id", *_ids(field, value))
        if field == "service":
            numbers, empty = _ids(field, value)
            return _among("service.id", beneath(self._words, numbers), empty)
        if field == "status_condition_final":
            final = conventions.flag(value, "status_condition.final")
            return Where("compare", ("status_condition.final", "=", final))
        if field == "communication_id":
            return Where("communication", [part.strip() for part in value.split(",")])
        if field == "attachments":
            return Group((Where("attached"),), negated=not conventions.flag(value, field))
        if field == "contact":
            return Where("about", _ids(field, value)[0])
        if field in TEXTS:
            return Where("like", (field, f"%{conventions.escaped(value.strip('*'))}%"))
        if field == "fts":
            return Where("everything" if self._with_ids else "nothing")
        return _Custom(spelt if spelt in self._custom else field, value, known={spelt, field} & self._custom)


class _Custom:
    """A comparison with a custom field; one that there is not is ignored."""

    def __init__(self, name: str, value: str, known: Collection[str]) -> None:
        self._name = name
        self._value = value
        self._known = bool(known)

    def condition(self, operator: str) -> Condition:
        """Return the condition: unset, set (`*`), not (`!`), less (`<`), more (`>`), or equal."""
        if not self._known:
            return Where("everything")
        sign, rest = self._value[:1], self._value[1:]
        if self._value in {"", "*"}:
            found: Condition = Group((Where("custom", (self._name, "set", "")),), negated=not self._value)
        elif sign in {"!", "<", ">"}:
            found = Where("custom", (self._name, "<>" if sign == "!" else sign, rest))
        else:
            found = Where("custom", (self._name, "=", self._value))
        return Group((found,), negated=True) if operator == "!=" else found


def _bounded(name: str, operator: str, value: str) -> Condition:
    number = conventions.integer(value, name)
    return Where("compare", (name, operator, number if name == "rating" else conventions.at(number, name)))


def _ids(field: str, value: str) -> tuple[list[int], bool]:
    """Return the ids of a filter, and whether having none will do as well."""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    numbers = [conventions.number(part, field) for part in parts if part.lower() != "null"]
    return numbers, len(numbers) < len(parts)


def _among(member: str, numbers: Collection[int], empty: bool) -> Where:
    return Where("among", (member, list(numbers), empty))


def beneath(words: Vocabulary, numbers: Collection[int]) -> set[int]:
    """Return services with all that lies beneath them."""
    inner: dict[int | None, list[int]] = {}
    for service in words.services.values():
        inner.setdefault(service.parent, []).append(service.number)
    found: set[int] = set()
    waiting = list(numbers)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += inner.get(number, [])
    return found
