"""Who may do what: permissions say which commands, reach says on which cases (DOMAIN §6).

This module describes the one access predicate; `store/access.py` renders the same reach as SQL.
"""

from enum import StrEnum

import msgspec

from casework.domain.case import Audience, Case, involved
from casework.domain.refusals import Forbidden, NotFound


class Reach(StrEnum):
    """Which cases a principal's permissions are about. Watched cases are always within reach."""

    TENANT = "tenant"
    DEPARTMENTS = "departments"
    OWN = "own"
    GRANTED = "granted"


WORK = frozenset(
    {
        "case.create", "case.read", "case.list", "case.edit", "case.status", "case.resolve", "case.assign",
        "case.comment", "case.attach", "case.link", "case.relate", "case.associate", "case.watch", "case.escalate",
        "case.snooze", "case.rate", "case.share", "case.merge", "case.export",
    }
)  # fmt: skip
CUSTOMER = frozenset(
    {"case.create", "case.read", "case.list", "case.comment", "case.attach", "case.resolve", "case.watch", "case.link"}
)
ADMINISTRATION = frozenset(
    {"case.delete", "case.moderate", "case.impersonate", "catalogue.edit", "people.edit", "tenant.edit"}
)
PERMISSIONS = WORK | ADMINISTRATION


class Role(msgspec.Struct, frozen=True):
    """A named set of permissions with a reach for reading and one for writing.

    `departmental` turns the reach `tenant` into `departments` in tenants that have any, for users with a home.
    """

    permissions: frozenset[str]
    read: Reach
    write: Reach
    departmental: bool = False


ROLES: dict[str, Role] = {
    "admin": Role(PERMISSIONS, Reach.TENANT, Reach.TENANT),
    "agent": Role(WORK, Reach.TENANT, Reach.TENANT, departmental=True),
    "viewer": Role(frozenset({"case.read", "case.list"}), Reach.TENANT, Reach.TENANT, departmental=True),
    "restricted": Role(WORK | {"case.delete"}, Reach.OWN, Reach.OWN),
    "operator": Role(frozenset(), Reach.OWN, Reach.OWN),
    "customer": Role(CUSTOMER, Reach.OWN, Reach.OWN),
}
"""The built-in roles."""

WIDER = {Reach.TENANT: 3, Reach.DEPARTMENTS: 2, Reach.OWN: 1, Reach.GRANTED: 0}


class Principal(msgspec.Struct, frozen=True):
    """Who asks. `subjects` are the numbers that may be named on cases: the user's own, teams' and roles'."""

    tenant_id: int
    user: int
    kind: str
    person: int
    permissions: frozenset[str]
    read: Reach
    write: Reach
    subjects: tuple[int, ...] = ()
    home: int | None = None
    departments: tuple[int, ...] = ()
    shared: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    key: int | None = None
    client: bool = False
    on_behalf_of: int | None = None
    pull_from: tuple[int, ...] = ()
    transfer_to: tuple[int, ...] = ()

    @property
    def staff(self) -> bool:
        """Whether internal texts and files may be shown."""
        return self.kind != "customer"

    @property
    def audiences(self) -> tuple[str, ...]:
        """The audiences whose comments and files this principal sees."""
        return (Audience.PUBLIC, Audience.INTERNAL) if self.staff else (Audience.PUBLIC,)


class Verdict(msgspec.Struct, frozen=True):
    """An answer with its reason, for `casework case why` and the consoles."""

    allowed: bool
    why: str


def _within(principal: Principal, case: Case, reach: Reach, departments: tuple[int, ...], letter: str) -> Verdict:
    """Tell whether the case is within reach; `departments` and the access list's `letter` are those that count."""
    if case.tenant_id != principal.tenant_id:
        return Verdict(allowed=False, why="the case belongs to another tenant")
    if case.deleted_at is not None:
        return Verdict(allowed=False, why="the case is deleted")
    if reach is Reach.TENANT:
        return Verdict(allowed=True, why="a role reaches every case of the tenant")
    hows = {how for subject, how in involved(case) if subject in principal.subjects}
    if "watching" in hows:
        return Verdict(allowed=True, why="watches this case")
    if reach is Reach.DEPARTMENTS:
        if case.department is None:
            return Verdict(allowed=True, why="the case belongs to no department")
        if case.department in departments:
            return Verdict(allowed=True, why=f"department {case.department} is within reach")
        return Verdict(allowed=False, why=f"department {case.department} is out of reach")
    if reach is Reach.OWN and "involved" in hows:
        return Verdict(allowed=True, why="created it, is assigned to it, or belongs to an assigned team")
    if reach is Reach.GRANTED and any(letter in case.acl.get(str(subject), "") for subject in principal.subjects):
        return Verdict(allowed=True, why="the case's access list names the user or a role")
    return Verdict(allowed=False, why=f"reach is '{reach.value}' and nothing on the case names this user")


def may_read(principal: Principal, case: Case) -> Verdict:
    """Tell whether the principal may see the case at all."""
    if "case.read" not in principal.permissions:
        return Verdict(allowed=False, why="no permission case.read")
    return _within(principal, case, principal.read, principal.departments + principal.shared, "r")


def may_write(principal: Principal, case: Case, permission: str) -> Verdict:
    """Tell whether the principal may use `permission` on the case."""
    if permission not in principal.permissions:
        return Verdict(allowed=False, why=f"no permission {permission}")
    letter = "d" if permission == "case.delete" else "w"
    return _within(principal, case, principal.write, principal.departments, letter)


def require(principal: Principal, permission: str) -> None:
    """Raise Forbidden unless the principal holds `permission`, whatever the case."""
    if permission not in principal.permissions:
        msg = "You are not allowed to do this."
        raise Forbidden(msg, permission=permission)


def require_read(principal: Principal, case: Case | None, what: str = "case") -> Case:
    """Return the case, or raise: NotFound for what the principal may not know of, Forbidden without case.read."""
    require(principal, "case.read")
    if case is None or not may_read(principal, case).allowed:
        msg = f"There is no such {what}."
        raise NotFound(msg)
    return case


def in_departments(principal: Principal, case: Case, departments: tuple[int, ...]) -> Verdict:
    """Tell whether the case lies in one of these departments, in none at all, or is watched."""
    return _within(principal, case, Reach.DEPARTMENTS, departments, "")


def require_home(principal: Principal, case: Case) -> None:
    """Raise Forbidden when the case is outside the principal's home and foreign departments.

    Users without a home and client applications belong to every department (spec/egain §5); watched cases are always
    within reach.
    """
    if principal.home is None or principal.client:
        return
    verdict = in_departments(principal, case, principal.departments)
    if not verdict.allowed:
        msg = "The case belongs to a department that you are not in."
        raise Forbidden(msg, rule="department", why=verdict.why)


def require_write(principal: Principal, case: Case | None, permission: str) -> Case:
    """Return the case, or raise NotFound when it is out of sight, Forbidden when it may be seen but not changed so."""
    seen = require_read(principal, case)
    verdict = may_write(principal, seen, permission)
    if not verdict.allowed:
        msg = "You are not allowed to change this case."
        raise Forbidden(msg, permission=permission, why=verdict.why)
    return seen


def require_creator(principal: Principal, case: Case | None, permission: str) -> Case:
    """Return the case to its creator, who has `permission` on it as long as he may edit it, and to administrators.

    A reach of one's own does not make an administrator: what somebody else created is then out of the question.
    """
    seen = require_read(principal, case)
    if seen.created_by == principal.user and "case.edit" in principal.permissions:
        return seen
    if WIDER[principal.write] <= WIDER[Reach.OWN]:
        msg = "Only its creator or an administrator may do this to a case."
        raise Forbidden(msg, permission=permission, why="somebody else created the case")
    return require_write(principal, seen, permission)
