"""Building principals: what a user may do is the union of the roles, plus and minus the user's own permissions."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from casework.auth import keys
from casework.auth.cache import TimedCache
from casework.auth.sessions import Sessions
from casework.auth.tokens import Tokens
from casework.domain.access import ROLES, WIDER, Principal, Reach, Role
from casework.domain.refusals import Unauthenticated
from casework.store.people import principals as store
from casework.store.people.principals import Grantee, Membership
from casework.store.postgres.database import Database

__all__ = ["Holder", "Membership", "Principals", "principal_of"]

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
READING = frozenset({"case.read", "case.list", "case.export"})


class Holder(msgspec.Struct, frozen=True):
    """Whom a credential speaks for: users of one login, and for API keys the principal that the key allows."""

    memberships: list[Membership]
    keyed: Principal | None = None


class Principals:
    """Looks credentials up, with at most a second of staleness."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.tokens = Tokens(database)
        self.sessions = Sessions(database)
        self._cache: TimedCache[bytes | tuple[int, int, int | None], Principal] = TimedCache()
        self._holders: TimedCache[bytes, Holder] = TimedCache()

    async def holder(self, credential: str) -> Holder:
        """Return whom this credential speaks for.

        A token that a password bought speaks for every tenant of its login, even after the user that it was issued to
        has been disabled; an API key and its tokens speak for the key's own user only.

        Raises:
            Unauthenticated: For nobody: unknown, expired, revoked, or all of them disabled.
        """
        digest = keys.digest(credential)
        if cached := self._holders.get(digest):
            return cached
        claims = await self.tokens.verify(credential) if _JWT.fullmatch(credential) else None
        if claims is not None and claims.key is None:
            found = Holder(await self.memberships(claims.tenant_id, claims.user))
        else:
            keyed = await self.by_credential(credential)
            found = Holder(await self.memberships(keyed.tenant_id, keyed.user, alone=True), keyed)
        self._holders.put(digest, found)
        return found

    async def memberships(self, tenant: int, user: int, *, alone: bool = False) -> list[Membership]:
        """Return the users of the same login, this one first; `alone` leaves it at this one.

        Raises:
            Unauthenticated: There is none that is enabled.
        """
        async with self._database.system() as connection:
            found = await store.memberships(connection, tenant, user, alone=alone)
        if not found:
            msg = "The user is not known, or not enabled any more."
            raise Unauthenticated(msg)
        return sorted(found, key=lambda membership: (membership.tenant_id, membership.user) != (tenant, user))

    async def by_credential(self, credential: str) -> Principal:
        """Return who shows this token or API key.

        Raises:
            Unauthenticated: Unknown, expired, revoked or disabled.
        """
        digest = keys.digest(credential)
        if cached := self._cache.get(digest):
            return cached
        if _JWT.fullmatch(credential):
            return await self._cache.fetch(digest, lambda: self._by_token(credential))
        return await self._cache.fetch(digest, lambda: self._by_digest(digest))

    async def _by_token(self, token: str) -> Principal:
        claims = await self.tokens.verify(token)
        return narrowed(await self.by_user(claims.tenant_id, claims.user, claims.key), claims.scopes)

    async def by_secret(self, secret: str) -> Principal:
        """Return who holds this API key.

        Raises:
            Unauthenticated: Unknown, expired, revoked or disabled; or it is a token.
        """
        if _JWT.fullmatch(secret):
            msg = "A token is no API key."
            raise Unauthenticated(msg)
        return await self.by_credential(secret)

    async def _by_digest(self, digest: bytes) -> Principal:
        async with self._database.system() as connection:
            grantee = await store.by_digest(connection, digest)
        return _usable(grantee)

    async def by_session(self, secret: str) -> Principal:
        """Return whose session this is."""
        return await self.by_user(*await self.sessions.who(secret))

    async def by_user(self, tenant: int, user: int, key: int | None = None) -> Principal:
        """Return a user by number, as signed in by other means or with a token issued for `key`."""
        return await self._cache.fetch((tenant, user, key), lambda: self._by_user(tenant, user, key))

    async def _by_user(self, tenant: int, user: int, key: int | None) -> Principal:
        async with self._database.system() as connection:
            grantee = await store.by_user(connection, tenant, user, key)
        if grantee is not None and key is not None and grantee.key is None:
            grantee = None
        return _usable(grantee)


def _usable(grantee: Grantee | None) -> Principal:
    now = datetime.now(UTC)
    if (
        grantee is None
        or grantee.tenant_disabled
        or grantee.disabled
        or grantee.revoked_at is not None
        or (grantee.expires_at is not None and grantee.expires_at <= now)
    ):
        msg = "The credential is not known, or not valid any more."
        raise Unauthenticated(msg)
    return principal_of(grantee)


def principal_of(grantee: Grantee) -> Principal:
    """Return the principal that a stored user is (DOMAIN §6)."""
    roles = _roles(grantee)
    permissions = frozenset().union(*(role.permissions for role in roles)) | set(grantee.permissions)
    permissions -= set(grantee.denied)
    if "case.read" not in permissions:
        permissions -= {"case.list"}
    if _reads_only(grantee.scopes):
        permissions &= READING
    home = grantee.department
    departmental = grantee.departmental and home is not None
    return Principal(
        tenant_id=grantee.tenant_id,
        user=grantee.user,
        kind=grantee.kind,
        person=grantee.person,
        permissions=permissions,
        read=_widest([_reach(role, role.read, departmental) for role in roles]),
        write=_widest([_reach(role, role.write, departmental) for role in roles]),
        subjects=(grantee.user, *grantee.teams, *(row[0] for row in grantee.custom_roles)),
        home=home,
        departments=(*((home,) if home is not None else ()), *grantee.foreign_departments),
        shared=tuple(grantee.shared),
        roles=tuple(grantee.roles),
        licenses=tuple(grantee.licenses),
        pull_from=tuple(grantee.pull_from),
        transfer_to=tuple(grantee.transfer_to),
        scopes=tuple(grantee.scopes),
        key=grantee.key,
        client=grantee.client,
    )


def narrowed(principal: Principal, scopes: tuple[str, ...]) -> Principal:
    """Return the principal as a token with these scopes has it; no scopes leave it as it is."""
    if not scopes:
        return principal
    permissions = principal.permissions & READING if _reads_only(scopes) else principal.permissions
    return msgspec.structs.replace(principal, scopes=scopes, permissions=permissions)


def _reads_only(scopes: Iterable[str]) -> bool:
    found = list(scopes)
    return bool(found) and not any(re.search("manage|write|admin", scope) for scope in found)


def _roles(grantee: Grantee) -> list[Role]:
    own = {
        key: Role(frozenset(permissions), Reach(read), Reach(write))
        for _, key, permissions, read, write, built_in in grantee.custom_roles
        if not built_in
    }
    found = {**ROLES, **own}
    return [found[key] for key in grantee.roles if key in found]


def _reach(role: Role, reach: Reach, departmental: bool) -> Reach:
    return Reach.DEPARTMENTS if role.departmental and departmental else reach


def _widest(reaches: list[Reach]) -> Reach:
    return max(reaches, key=WIDER.__getitem__, default=Reach.OWN)
