"""What applying the nouns of a tenant will do: pure, so that a dry run and a real one decide alike."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from casework.auth import keys
from casework.casebook.world.columns import column, columns, secret_columns
from casework.casebook.world.document.entries import KINDS, LABELS, Item
from casework.casebook.world.document.reading import refuse
from casework.casebook.world.document.references import Numbers, resolve
from casework.casebook.world.known import Known, with_aliases
from casework.domain.nouns import Department, Noun, Person, User

AUTOMATIC = "@persons"
"""In place of a kind: the person that a user has without an entry of its own, under the user's key."""
HIDDEN = frozenset({"password", "secret"})
LONGEST = 60


class Password(msgspec.Struct, frozen=True):
    """A password that a file gives: its hash, and whether it has to be set; `login` is the login that has it then."""

    hash: str
    changed: bool
    login: int | None = None


class Step(msgspec.Struct, frozen=True):
    """A noun to make (`row` is None) or to change. `members` are the file's names for what differs."""

    item: Item
    row: Noun | None
    number: int
    columns: dict[str, Any]
    members: tuple[str, ...] = ()
    secret: str | None = None

    @property
    def noun(self) -> type[Noun]:
        """The kind of noun."""
        return KINDS[self.item.kind].noun


class Plan(msgspec.Struct, frozen=True):
    """Everything to do for a tenant's nouns. `numbers` knows all that exists then, cases apart."""

    steps: list[Step]
    changes: list[str]
    remember: list[tuple[str, str, int, Any]]
    numbers: Numbers


def stored(item: Item, password: Password | None = None) -> dict[str, Any]:
    """Return the members as they are remembered: credentials and contents of files as digests."""
    members: dict[str, Any] = msgspec.to_builtins(item.members)
    if members.get("password") is not None:
        members["password"] = password.hash if password else None
    if members.get("secret") is not None:
        members["secret"] = keys.digest(members["secret"]).hex()
    for file in members.get("files", ()):
        for form in ("text", "base64"):
            if file.get(form) is not None:
                file[form] = keys.digest(file[form]).hex()
    return members


def changed(known: Known, item: Item, password: Password | None = None) -> list[str]:
    """Return the members that the file gives anew or otherwise than it did when it was last applied."""
    before = known.applied.get((item.kind, item.key))
    if before is None:
        return list(item.members)
    now = stored(item, password)
    return [name for name in item.members if name not in before.members or before.members[name] != now[name]]


def sentence(verb: str, kind: str, name: str, members: Mapping[str, Any] | None = None) -> str:
    """Return a line such as `change user acme/bob: roles ["agent"]`."""
    said = []
    for member, value in (members or {}).items():
        text = "…" if member in HIDDEN else msgspec.json.encode(value).decode()
        said.append(f"{member} {text if len(text) <= LONGEST else text[:LONGEST] + '…'}")
    return f"{verb} {LABELS[kind]} {name}" + (f": {', '.join(said)}" if said else "")


class Planner:
    """Plans the nouns of one tenant.

    Args:
        known: What there is.
        items: What the file says, cases left out.
        tenant: The tenant's key.
        passwords: What the file's passwords are, by the user's key.
    """

    def __init__(self, known: Known, items: Sequence[Item], tenant: str, passwords: Mapping[str, Password]) -> None:
        self._known = known
        self._items = [item for item in items if item.kind in KINDS]
        self._shares = [item for item in items if item.kind == "shares"]
        self._tenant = tenant
        self._passwords = passwords
        self._claims = {i.members["user"]: i for i in self._items if i.kind == "persons" and i.members.get("user")}
        self._rows = {(item.kind, item.key): self._row(item) for item in self._items}

    def _row(self, item: Item) -> Noun | None:
        row = self._known.row(item.kind, item.key)
        if item.kind != "persons" or "user" not in item.members:
            return row
        user = item.members["user"] and self._known.row("users", item.members["user"])
        own = user.person if isinstance(user, User) else None
        if isinstance(row, Person):
            if row.user is not None and (user is None or row.user != user.number):
                raise refuse(f"{item.path}.user", "a person stays the person of its user")
            if own is not None and own != row.number:
                raise refuse(f"{item.path}.user", "the user is another person already")
            return row
        adopted = self._known.rows["persons"].get(own) if own is not None else None
        if adopted is not None and adopted.key is not None:
            raise refuse(f"{item.path}.user", f"the user is the person '{adopted.key}' already")
        return adopted

    def missing(self) -> list[tuple[str, str]]:
        """Return (kind, key) of everything to make, in order: it needs a number each."""
        found = []
        for item in self._items:
            if self._rows[item.kind, item.key] is None:
                if item.kind == "users" and item.key not in self._claims:
                    found.append((AUTOMATIC, item.key))
                found.append((item.kind, item.key))
        return found

    def plan(self, fresh: Sequence[int]) -> Plan:
        """Return the plan, with numbers for what is `missing`.

        Raises:
            Invalid: Something is named that does not exist.
        """
        mine = dict(zip(self.missing(), fresh, strict=True))
        numbers = self._known.numbers() | {(kind, key): n for (kind, key), n in mine.items() if kind != AUTOMATIC}
        numbers |= {of: row.number for of, row in self._rows.items() if row is not None}
        persons = self._persons(mine)
        found = Plan([], [], [], with_aliases(numbers, persons))
        for item in self._items:
            resolved = resolve(item, found.numbers)
            row = self._rows[item.kind, item.key]
            if row is None:
                if (AUTOMATIC, item.key) in mine and item.kind == "users":
                    found.steps.append(self._automatic(item, persons[item.key], mine["users", item.key]))
                found.steps.append(self._creation(item, resolved, mine[item.kind, item.key], persons))
                if not item.implied:
                    found.changes.append(sentence("create", item.kind, f"{self._tenant}/{item.key}"))
            elif row.deleted_at is not None or item.implied:
                continue
            elif (step := self._change(item, resolved, row)) is not None:
                found.steps.extend([step, *self._follow(item, step)])
                said = {name: item.members.get(name) for name in step.members}
                found.changes.append(sentence("change", item.kind, f"{self._tenant}/{item.key}", said))
            if not item.implied:
                self._remember(found, item, numbers[item.kind, item.key])
        self._share(found)
        return found

    def _persons(self, mine: Mapping[tuple[str, str], int]) -> dict[str, int]:
        """Return the numbers of the users' persons by the users' keys."""
        users = {u.key: u for u in self._known.rows["users"].values() if u.key is not None}
        users |= {key: row for (kind, key), row in self._rows.items() if kind == "users" and row is not None}
        found = {key: u.person for key, u in users.items() if isinstance(u, User) and u.person is not None}
        found |= {key: number for (kind, key), number in mine.items() if kind == AUTOMATIC}
        for key, person in self._claims.items():
            row = self._rows["persons", person.key]
            found[key] = row.number if row else mine["persons", person.key]
        return found

    def _automatic(self, user: Item, number: int, of: int) -> Step:
        said = {"name": user.members.get("name") or user.key, "email": user.members.get("email"), "user": of}
        return Step(Item("persons", user.key, user.path, {}, implied=True), None, number, said)

    def _creation(self, item: Item, resolved: dict[str, Any], number: int, persons: Mapping[str, int]) -> Step:
        wanted = columns(item, resolved, list(item.members), None, self._known.rows[KINDS[item.kind].noun.table])
        secret = None
        if item.kind == "users":
            wanted["person"] = persons[item.key]
            if (password := self._passwords.get(item.key)) is not None:
                wanted["login"] = password.login
        elif item.kind == "keys" and "digest" not in wanted:
            secret = keys.generate()
            wanted |= secret_columns(secret)
        elif item.kind == "persons" and wanted.get("name") == item.key and (user := item.members.get("user")):
            wanted["name"] = self._name_of(user)
        return Step(item, None, number, wanted, (), secret)

    def _name_of(self, user: str) -> str:
        mine = next((i for i in self._items if i.kind == "users" and i.key == user), None)
        row = self._known.row("users", user)
        return (mine and mine.members.get("name")) or (row.name if row else user)

    def _change(self, item: Item, resolved: dict[str, Any], row: Noun) -> Step | None:
        password = self._passwords.get(item.key) if item.kind == "users" else None
        names = changed(self._known, item, password)
        wanted = columns(item, resolved, names, row, self._known.rows[KINDS[item.kind].noun.table])
        reset = password is not None and password.changed
        if password is not None and reset:
            wanted["login"] = password.login
        if row.key is None:
            wanted["key"] = item.key
        differing = {name: value for name, value in wanted.items() if getattr(row, name) != value}
        if not differing and not reset:
            return None
        told = [name for name in names if column(item.kind, name) in differing or (reset and name == "password")]
        return Step(item, row, row.number, differing, tuple(told))

    def _follow(self, item: Item, step: Step) -> list[Step]:
        """A user's person without an entry of its own goes by the user's name and address."""
        user = step.row
        person = self._known.rows["persons"].get(user.person or 0) if isinstance(user, User) else None
        if person is None or person.key is not None or item.key in self._claims:
            return []
        same = [name for name in ("name", "email") if getattr(person, name) == getattr(user, name)]
        said = {name: step.columns[name] for name in same if name in step.columns}
        implied = Item("persons", item.key, item.path, {}, implied=True)
        return [Step(implied, person, person.number, said)] if said else []

    def _remember(self, plan: Plan, item: Item, number: int) -> None:
        before = self._known.applied.get((item.kind, item.key))
        password = self._passwords.get(item.key) if item.kind == "users" else None
        now = {**(before.members if before else {}), **stored(item, password)}
        if before is None or now != before.members:
            plan.remember.append((item.kind, item.key, number, now))

    def _share(self, plan: Plan) -> None:
        for item in self._shares:
            resolved = resolve(item, plan.numbers)
            row = self._known.rows["departments"].get(resolved["from"])
            held = row.shared_with if isinstance(row, Department) else {}
            wanted = {str(resolved["to"]): item.members["activities"]}
            if changed(self._known, item) and held | wanted != held:
                verb = "change" if ("shares", item.key) in self._known.applied else "create"
                plan.changes.append(sentence(verb, "shares", f"{self._tenant}/{item.key}"))
                plan.steps.append(Step(item, row, resolved["from"], wanted))
            self._remember(plan, item, resolved["from"])
