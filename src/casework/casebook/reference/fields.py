"""Custom fields: a tenant's own names and those of its case types are one vocabulary (DOMAIN §3)."""

from collections.abc import Iterable

from casework.casebook.reference.changing import Change
from casework.domain.nouns import CaseType
from casework.domain.refusals import Invalid


async def check_names(change: Change, names: Iterable[str]) -> None:
    """Raise Invalid when a case type has a field of one of these names already."""
    wanted = set(names)
    for kind in await change.everything(CaseType):
        taken = wanted & {str(field.get("name")) for field in kind.fields}
        if taken:
            msg = f"The case type '{kind.name}' has a field '{min(taken)}' already."
            raise Invalid(msg, member="fields")
