"""The cast of `tests/cast.yaml` at the BottleCRM door."""

import pytest

from dialects.bottlecrm.client import Door, Doors


@pytest.fixture(scope="session")
def crm(server):
    opened = Doors(server)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def alice(crm) -> Door:
    return crm.of("acme/alice")


@pytest.fixture(scope="session")
def bob(crm) -> Door:
    return crm.of("acme/bob")


@pytest.fixture(scope="session")
def rita(crm) -> Door:
    return crm.of("acme/rita")


@pytest.fixture(scope="session")
def vera(crm) -> Door:
    return crm.of("acme/vera")


@pytest.fixture(scope="session")
def otto(crm) -> Door:
    return crm.of("acme/otto")


@pytest.fixture(scope="session")
def carl(crm) -> Door:
    return crm.of("acme/carl")


@pytest.fixture(scope="session")
def gina(crm) -> Door:
    return crm.of("globex/gina")


@pytest.fixture(scope="session")
def double(server):
    """Somebody with one login in two tenants of its own: (e-mail, password, world ids)."""
    from dialects.bottlecrm.client import word

    mark = word()
    email, password = f"dora-{mark}@both.example", "dora-correct-horse-1"

    def tenant(key, roles, more=()):
        dora = {"key": "dora", "name": "Dora", "email": email, "password": password, "kind": "agent", "roles": roles}
        return {
            "key": f"{key}-{mark}",
            "name": key.title(),
            "users": [dora, *more],
            "cases": [{"key": "one", "subject": f"A case of {key}", "description": "…"}],
        }

    gone = {
        "key": "gone",
        "name": "Gone",
        "email": f"gone-{mark}@both.example",
        "password": password,
        "kind": "agent",
        "roles": ["agent"],
        "disabled": True,
    }
    ids = server.apply({"tenants": [tenant("east", ["admin"]), tenant("west", ["agent"], [gone])]})
    return email, password, ids, mark
