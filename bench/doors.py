"""How each API carries credentials and spells a case in a path, as far as requests are measured."""

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from casework.dialects.spellings import peach

NUMBER = "{number}"
"""Stands for the case in a path."""


class Door(msgspec.Struct, frozen=True):
    """One API: the headers of a request (from a credential and the tenant's uid), and the spelling of a case.

    `signs_in`: the API key buys a token first, as IBM's clients do.
    """

    headers: Callable[[str, str], Mapping[str, str]]
    spell: Callable[[int, UUID], str]
    signs_in: bool = False


def _bearer(credential: str, _tenant: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {credential}"}


DOORS: Mapping[str, Door] = {
    "ibm": Door(_bearer, lambda number, _uid: f"CS{number:07d}", signs_in=True),
    "bottlecrm": Door(
        lambda credential, tenant: {"Authorization": f"Bearer {credential}", "organization-id": tenant},
        lambda _number, uid: str(uid),
    ),
    "peach": Door(lambda credential, _tenant: {"X-API-KEY": credential}, lambda number, _uid: peach("CS", number)),
}
