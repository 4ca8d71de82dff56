"""`casework case …`: working on cases from the terminal."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import cyclopts
import msgspec
from rich.console import Console
from rich.table import Table

from casework.casebook.reading import Query
from casework.cli.session import Session, UserError, opened
from casework.domain import commands
from casework.domain.access import Principal, may_read, may_write
from casework.domain.case import Audience, Stage
from casework.domain.doors import COMMAND_LINE
from casework.store.events import event_of

Tenant = Annotated[str | None, cyclopts.Parameter(help="tenant key, where there is more than one")]
User = Annotated[str | None, cyclopts.Parameter(name="--as", help="whom to act as: e-mail address or key")]
Json = Annotated[bool, cyclopts.Parameter(help="print JSON")]
COLUMNS = ("subject", "stage", "rank", "owner", "created_at", "touched_at")


def register(app: cyclopts.App) -> None:
    """Add the verbs of this group."""
    case = cyclopts.App(name="case", help="Open, list, show and work on cases.")
    verbs: dict[str, Callable[..., None]] = {
        "open": open_case,
        "list": list_cases,
        "show": show,
        "status": status,
        "assign": assign,
        "comment": comment,
        "history": history,
        "why": why,
        "sla": sla,
    }
    for name, verb in verbs.items():
        case.command(verb, name=name)
    app.command(case)


def _within(work: Any, tenant: str | None, user: str | None) -> Any:
    """Run `work(session, principal)` in an open installation."""

    async def run() -> Any:
        async with opened() as session:
            return await work(session, await session.principal(await session.tenant(tenant), user))

    return asyncio.run(run())


def _dump(value: Any) -> None:
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def _time(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M") if at else ""


def open_case(
    subject: str,
    /,
    *,
    description: str = "",
    rank: Annotated[int, cyclopts.Parameter(help="1 (most urgent) to 4")] = 3,
    tenant: Tenant = None,
    user: User = None,
    json: Json = False,
) -> None:
    """Open a case."""
    if rank not in range(1, 5):
        raise UserError("--rank is a number from 1 to 4")
    command = commands.Open(set={"subject": subject, "description": description, "rank": rank})
    _change(None, command, tenant, user, json=json)


def _change(number: int | None, command: commands.Command, tenant: str | None, user: str | None, *, json: bool) -> None:
    async def work(session: Session, who: Principal) -> Any:
        return await session.casebook.execute(who, COMMAND_LINE, command, number)

    outcome = _within(work, tenant, user)
    if json:
        _dump({"number": outcome.case.number, "stage": outcome.case.stage, "version": outcome.case.version})
    elif outcome.events:
        print(f"case {outcome.case.number}: {', '.join(event.kind for event in outcome.events)}")
    else:
        print(f"case {outcome.case.number}: nothing to change")


def list_cases(
    *,
    stage: Annotated[list[Stage] | None, cyclopts.Parameter(help="only these stages; repeat for more")] = None,
    search: str = "",
    limit: int = 20,
    offset: int = 0,
    tenant: Tenant = None,
    user: User = None,
    json: Json = False,
) -> None:
    """List cases, the latest change first."""
    query = Query(stages=tuple(stage or ()), search=search, limit=limit, offset=offset)

    async def work(session: Session, who: Principal) -> Any:
        page = await session.casebook.read.page(who, query, COLUMNS)
        people = await session.casebook.people.users(who.tenant_id, [r["owner"] for r in page.rows if r["owner"]])
        return page, people

    page, people = _within(work, tenant, user)
    if json:
        rows = [{name: row[name] for name in ("number", *COLUMNS)} for row in page.rows]
        _dump({"total": page.total, "cases": rows})
        return
    table = Table("case", "rank", "stage", "subject", "owner", "changed", box=None)
    for row in page.rows:
        owner = people[row["owner"]].name if row["owner"] in people else ""
        number, rank = str(row["number"]), str(row["rank"])
        table.add_row(number, rank, row["stage"], row["subject"], owner, _time(row["touched_at"]))
    Console().print(table)
    print(f"{len(page.rows)} of {page.total}")


def show(number: int, /, *, tenant: Tenant = None, user: User = None, json: Json = False) -> None:
    """Show a case with its comments and files."""

    async def work(session: Session, who: Principal) -> Any:
        case = await session.casebook.read.case(who, number)
        nested = await session.casebook.read.one(who, number, (), ("comments", "files", "links"))
        parts = {part: msgspec.json.decode(nested[part]) for part in ("comments", "files", "links")}
        numbers = {case.owner, case.created_by, *case.watchers, *(entry[3] for entry in parts["comments"])} - {None}
        return case, parts, await session.casebook.people.users(who.tenant_id, numbers)

    case, parts, people = _within(work, tenant, user)
    if json:
        shown = {name: getattr(case, name) for name in case.__struct_fields__ if name != "hash"}
        _dump({**shown, **parts})
        return

    def name(user_number: int | None) -> str:
        return people[user_number].name if user_number in people else ""

    print(f"#{case.number}  {case.subject}\n")
    print(f"{case.stage.value}, rank {case.rank}, opened {_time(case.created_at)} by {name(case.created_by)}")
    print(f"owner: {name(case.owner) or '-'}    watchers: {', '.join(map(name, case.watchers)) or '-'}\n")
    print(case.description)
    for entry in parts["comments"]:
        print(f"\n— {name(entry[3])}, {entry[2][:16].replace('T', ' ')}, {entry[4]}\n{entry[1]}")
    for entry in parts["files"]:
        print(f"\nfile: {entry[1]} ({entry[2]} bytes)")
    for entry in parts["links"]:
        print(f"\nlink: {entry[1]} {entry[2] or ''}")


def status(number: int, stage: Stage, /, *, tenant: Tenant = None, user: User = None, json: Json = False) -> None:
    """Move a case to a stage: new, open, waiting, proposed, resolved, closed, canceled."""
    _change(number, commands.SetStatus(stage=stage), tenant, user, json=json)


def assign(number: int, to: str, /, *, tenant: Tenant = None, user: User = None, json: Json = False) -> None:
    """Make a user (e-mail address) the owner; "nobody" takes the owner away."""

    async def work(session: Session, who: Principal) -> Any:
        found = await session.casebook.people.by_address(who.tenant_id, [to])
        return found.get(to.lower())

    card = None if to == "nobody" else _within(work, tenant, user)
    if card is None and to != "nobody":
        raise UserError(f"there is no user '{to}'")
    _change(number, commands.Assign(set={"owner": card.number if card else None}), tenant, user, json=json)


def comment(
    number: int,
    text: str,
    /,
    *,
    internal: Annotated[bool, cyclopts.Parameter(help="for staff only")] = False,
    tenant: Tenant = None,
    user: User = None,
    json: Json = False,
) -> None:
    """Comment on a case, for everybody on it or for staff only."""
    audience = Audience.INTERNAL if internal else Audience.PUBLIC
    _change(number, commands.AddComment(text=text, audience=audience), tenant, user, json=json)


def history(number: int, /, *, tenant: Tenant = None, user: User = None, json: Json = False) -> None:
    """Show who changed what, when, and through which door."""

    async def work(session: Session, who: Principal) -> Any:
        found = await session.casebook.read.history(who, number)
        return found, await session.casebook.people.users(who.tenant_id, {event.actor for event in found})

    found, people = _within(work, tenant, user)
    if json:
        _dump([{"version": e.version, "at": e.at, "actor": e.actor, "via": e.via, **_plain(e)} for e in found])
        return
    table = Table("version", "at", "who", "via", "what", "values", box=None)
    for event in found:
        who = people[event.actor].name if event.actor in people else str(event.actor)
        values = ", ".join(f"{name}={value}" for name, value in event_of(event).set.items())
        table.add_row(str(event.version), _time(event.at), who, event.via, event.kind, values[:100])
    Console().print(table)


def _plain(event: Any) -> dict[str, Any]:
    typed = event_of(event)
    return {"kind": typed.kind, "set": typed.set, "was": typed.was}


def why(number: int, /, *, tenant: Tenant = None, user: User = None) -> None:
    """Explain whether a user may read and change a case, and why."""

    async def work(session: Session, who: Principal) -> Any:
        system = await session.principal(await session.tenant(tenant), None)
        case = await session.casebook.read.case(system, number)
        return may_read(who, case), may_write(who, case, "case.edit")

    for what, verdict in zip(("read", "edit"), _within(work, tenant, user), strict=True):
        print(f"{what}: {'yes' if verdict.allowed else 'no'} ({verdict.why})")


def sla(
    number: int,
    /,
    *,
    instead: Annotated[str | None, cyclopts.Parameter(help="judge by another SLA (its key)")] = None,
    tenant: Tenant = None,
    user: User = None,
    json: Json = False,
) -> None:
    """Explain when a case is due, and why."""

    async def work(session: Session, who: Principal) -> Any:
        if instead is None:
            return await session.casebook.levels.standing(who, number)
        words = await session.casebook.catalogue.vocabulary(who.tenant_id)
        other = next((sla.number for sla in words.slas.values() if sla.key == instead), None)
        if other is None:
            raise UserError(f"there is no SLA '{instead}'")
        return await session.casebook.levels.what_if(who, number, other)

    standing = _within(work, tenant, user)
    if json:
        run = standing.clocks
        _dump({"policy": run.policy and run.policy.name, "reaction": run.reaction, "resolution": run.resolution})
    else:
        print("\n".join(standing.lines))
