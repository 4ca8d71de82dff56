"""Tenants in which the laws are tried: people of every role and reach, alone with their cases."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from casting import Cast
from laws.doors import Person

READING = ["case.read", "case.list"]


@dataclass(frozen=True)
class Society:
    """A tenant and everybody in it; `names` has the numbers of what there is by kind and key, `uids` uids by number."""

    key: str
    tenant_id: int
    people: dict[str, Person]
    names: dict[str, dict[str, int]]
    uids: dict[int, str]

    def __getitem__(self, key: str) -> Person:
        return self.people[key]

    @property
    def staff(self) -> list[Person]:
        """Everybody who may see internal texts."""
        return [person for key, person in self.people.items() if not key.startswith("c")]


PLAIN: dict[str, Any] = {
    "users": [
        {"key": "alice", "roles": ["admin"], "pull_from": ["bob"], "transfer_to": ["bob"]},
        {"key": "bob", "roles": ["agent"], "licenses": ["mailplus"]},
        {"key": "rita", "roles": ["restricted"]},
        {"key": "ron", "roles": ["restricted"]},
        {"key": "vera", "roles": ["viewer"]},
        {"key": "otto", "roles": ["operator"]},
        {"key": "greta", "roles": ["granted"]},
        {"key": "sid", "roles": ["agent"], "kind": "service"},
        {"key": "carl", "roles": ["customer"], "kind": "customer"},
        {"key": "cora", "roles": ["customer"], "kind": "customer"},
    ],
    "roles": [{"key": "granted", "name": "Granted", "permissions": READING, "read": "granted", "write": "granted"}],
    "teams": [
        {"key": "crew", "name": "Crew", "members": ["rita", "bob"], "kind": "static"},
        {"key": "desk", "name": "Desk", "members": ["ron"], "kind": "static"},
    ],
    "calendars": [{"key": "always", "name": "Always", "hours": [{"day": "mon", "from": "00:00", "to": "24:00"}]}],
    "slas": [{"key": "usual", "name": "Usual", "calendar": "always", "reaction": "1h", "resolution": "8h"}],
    "close_reason_groups": [{"key": "std", "name": "Standard", "reasons": [{"key": "fixed", "name": "Fixed"}]}],
    "catalogs": [
        {
            "key": "desk",
            "name": "Desk",
            "sla": "usual",
            "status_set": "default",
            "close_reason_group": "std",
            "services": [{"key": "all", "name": "Everything"}],
        }
    ],
    "persons": [
        {"key": "kit", "first_name": "Kit", "last_name": "Borrower", "email": "kit@x.example"},
        {"key": "lou", "first_name": "Lou", "last_name": "Borrower", "email": "lou@x.example"},
    ],
    "organizations": [{"key": "corp", "name": "Corp"}, {"key": "acme", "name": "Acme"}],
    "objects": [
        {"key": "loan", "kind": "loan", "person": "kit", "external_id": "L-1"},
        {"key": "car", "kind": "loan", "person": "kit", "external_id": "L-2"},
    ],
    "fields": [{"name": "colour", "type": "string"}, {"name": "shape", "type": "string"}],
}
"""A tenant without departments."""

LICENSED = {"licenses": ["mailplus"]}
DIVIDED: dict[str, Any] = {
    **PLAIN,
    "departments": [
        {"key": "service", "name": "Service"},
        {"key": "billing", "name": "Billing"},
        {"key": "legal", "name": "Legal"},
    ],
    "shares": [
        {"from": "billing", "to": "service", "activities": True},
        {"from": "legal", "to": "service", "activities": False},
    ],
    "users": [
        {"key": "alice", "roles": ["admin"]},
        {"key": "bob", "roles": ["agent"], "department": "service", **LICENSED},
        {
            "key": "ben",
            "roles": ["agent"],
            "department": "billing",
            "foreign_departments": ["legal"],
            **LICENSED,
        },
        {"key": "gil", "roles": ["agent"]},
        {"key": "rita", "roles": ["restricted"], "department": "service"},
        {"key": "ron", "roles": ["restricted"], "department": "billing", **LICENSED},
        {"key": "vera", "roles": ["viewer"], "department": "legal", **LICENSED},
        {"key": "otto", "roles": ["operator"]},
        {"key": "greta", "roles": ["granted"], "department": "legal"},
        {"key": "sid", "roles": ["agent"], "kind": "service", "department": "legal"},
        {"key": "carl", "roles": ["customer"], "kind": "customer"},
        {"key": "cora", "roles": ["customer"], "kind": "customer"},
    ],
}
"""The same with departments: homes, foreign ones, one that shares all and one that shares no activities."""


def found(server: Cast, members: dict[str, Any], key: str, **more: Any) -> Society:
    """Found a tenant of this kind and return who is in it; `key` is unique in the run, `more` are further members."""
    secrets = {user["key"]: f"{key}-{user['key']}-secret-0000000001" for user in members["users"]}
    users = [
        {"name": user["key"].capitalize(), "kind": "agent", "email": f"{user['key']}@{key}.example", **user}
        for user in members["users"]
    ]
    tenant = {
        "key": key,
        "name": key.capitalize(),
        **members,
        **more,
        "users": users,
        "keys": [{"key": name, "user": name, "secret": secret} for name, secret in secrets.items()],
    }
    unlicensed = {u["key"] for u in members["users"] if "department" in u and not u.get("licenses")}
    ids = server.apply({"version": 1, "tenants": [tenant]})
    mine = {
        kind: {name.partition("/")[2]: row for name, row in rows.items() if name.startswith(f"{key}/")}
        for kind, rows in ids.items()
        if kind != "tenants"
    }
    return Society(
        key=key,
        tenant_id=ids["tenants"][key]["number"],
        people={
            name: Person(
                f"{key}/{name}", secret, mine["users"][name]["number"], f"{name}@{key}.example", name not in unlicensed
            )
            for name, secret in secrets.items()
        },
        names={
            kind: {name: row["number"] for name, row in mine.get(kind, {}).items()}
            for kind in ("departments", "teams", "roles", "persons", "organizations", "objects", "cases", "users")
        },
        uids={row["number"]: str(row["uid"]) for rows in mine.values() for row in rows.values() if "uid" in row},
    )


def unique(word: str) -> str:
    """Return a key that no other tenant of this database has."""
    return f"{word}-{random.SystemRandom().randrange(16**8):08x}"
