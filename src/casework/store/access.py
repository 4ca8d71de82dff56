"""The access predicate as SQL: the only fragment through which rows of `cases` are readable (ARCHITECTURE §4).

It says the same as `domain.access.may_read`; law 5 holds the two against each other through every door.
"""

from casework.domain.access import Principal, Reach, require
from casework.store.postgres.batch import Params


def readable(principal: Principal, params: Params) -> str:
    """Return the condition under which a row of `cases c` is readable; values go into `params`.

    Raises:
        Forbidden: The principal lacks `case.read` altogether.
    """
    require(principal, "case.read")
    wall = f"c.tenant_id = {params.add(principal.tenant_id)} and c.deleted_at is null"
    if principal.read is Reach.TENANT:
        return wall
    if principal.read is Reach.DEPARTMENTS:
        within = params.add(principal.departments + principal.shared, "bigint[]")
        watched = _named(principal, params, "watching")
        return f"{wall} and (c.department is null or c.department = any({within}) or {watched})"
    how = "involved" if principal.read is Reach.OWN else "granted"
    return f"{wall} and {_named(principal, params, how, 'watching')}"


def _named(principal: Principal, params: Params, *hows: str) -> str:
    tenant = params.add(principal.tenant_id)
    subjects = params.add(principal.subjects, "bigint[]")
    return (
        "c.number in (select i.case_number from involvements i"
        f" where i.tenant_id = {tenant} and i.subject = any({subjects}) and i.how = any({params.add(hows, 'text[]')}))"
    )
