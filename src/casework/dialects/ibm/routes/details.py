"""Comments, watchers and resources of a case (spec/ibm §6.5-9)."""

from typing import Any

from litestar import Response, delete, get, put

from casework.dialects.dialect import services
from casework.dialects.ibm import rendering, translate, wire
from casework.dialects.ibm.identity import case_number, principal
from casework.dialects.ibm.routes import requests
from casework.dialects.ibm.routes.requests import PATH, Ask
from casework.domain import commands
from casework.domain.access import require
from casework.domain.case import Comment, Link
from casework.domain.doors import IBM_DOOR
from casework.domain.refusals import Invalid

COMMENTS = PATH + "/{number:str}/comments"
WATCHLIST = PATH + "/{number:str}/watchlist"


@get(COMMENTS)
async def list_comments(request: Ask, number: str) -> Response[bytes]:
    """`GET /cases/{number}/comments`: oldest first, work notes left out (spec/ibm §11, 4 and 5)."""
    who = await principal(request)
    require(who, "case.read")
    found = await services(request).casebook.read.one(who, case_number(number), (), ("comments",), public_only=True)
    row = rendering.opened(found)
    shared = await requests.frame(request, who, [row])
    comments = [
        rendering.comment(shared, p[1], p[2], p[3]) | {"sys_created_by": f"IBMid-{p[3]}"} for p in row["comments"]
    ]
    return requests.answer({"total_count": len(comments), "comments": comments})


@put(COMMENTS)
async def add_comment(request: Ask, number: str) -> Response[bytes]:
    """`PUT /cases/{number}/comments`: adds one, public for everybody on the case."""
    who = await principal(request)
    require(who, "case.read")
    require(who, "case.comment")
    body: wire.AddComment = await requests.parse(request, wire.AddComment)
    command = commands.AddComment(text=body.comment)
    outcome = await services(request).casebook.execute(who, IBM_DOOR, command, case_number(number))
    shared = await requests.frame(request, who)
    comment = outcome.child()
    assert isinstance(comment, Comment)  # noqa: S101 - narrows the type
    return requests.answer(rendering.stored_comment(shared, comment))


@put(WATCHLIST)
async def add_watchers(request: Ask, number: str) -> Response[bytes]:
    """`PUT /cases/{number}/watchlist`: users who are not in the account are reported as failed, with 200."""
    who = await principal(request)
    require(who, "case.read")
    require(who, "case.watch")
    body: wire.Watchlist = await requests.parse(request, wire.Watchlist)
    refs = body.watchlist or []
    known = await requests.known_users(request, who, refs)
    numbers = tuple(dict.fromkeys(known[ref] for ref in refs if ref in known))
    await services(request).casebook.execute(who, IBM_DOOR, commands.Watch(users=numbers), case_number(number))
    users = await services(request).casebook.people.users(who.tenant_id, numbers)
    added = [{"name": users[n].name, "realm": users[n].realm, "user_id": users[n].address} for n in numbers]
    failed = [{"realm": ref.realm, "user_id": ref.user_id} for ref in dict.fromkeys(refs) if ref not in known]
    return requests.answer({"added": added, "failed": failed})


@delete(WATCHLIST, status_code=200)
async def remove_watchers(request: Ask, number: str) -> Response[bytes]:
    """`DELETE /cases/{number}/watchlist`: the body is an object, or a bare array as in the reference's curl line."""
    who = await principal(request)
    require(who, "case.read")
    require(who, "case.watch")
    body: Any = await requests.parse(request, wire.Watchlist | wire.UserRefs)
    refs = body if isinstance(body, list) else body.watchlist or []
    users = tuple((await requests.known_users(request, who, refs)).values())
    outcome = await services(request).casebook.execute(
        who, IBM_DOOR, commands.Unwatch(users=users), case_number(number)
    )
    left = await services(request).casebook.people.users(who.tenant_id, outcome.case.watchers)
    cards = [left[n] for n in outcome.case.watchers if n in left]
    return requests.answer({"watchlist": [{"name": c.name, "realm": c.realm, "user_id": c.address} for c in cards]})


@put(PATH + "/{number:str}/resources")
async def add_resource(request: Ask, number: str) -> Response[bytes]:
    """`PUT /cases/{number}/resources`: the crn is echoed unchanged."""
    who = await principal(request)
    require(who, "case.read")
    require(who, "case.link")
    body: wire.Resource = await requests.parse(request, wire.Resource)
    command = commands.AddLink(link=translate.new_link(body))
    outcome = await services(request).casebook.execute(who, IBM_DOOR, command, case_number(number))
    link = outcome.child()
    if not isinstance(link, Link):
        msg = "The resource could not be stored."
        raise Invalid(msg)
    return requests.answer(rendering.stored_link(link))
