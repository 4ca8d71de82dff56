"""What the verbs share: the database, whichever it is, and errors as one line."""

import errno
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import msgspec

from casework import settings
from casework.auth.principals import Principals
from casework.casebook import Casebook
from casework.domain.access import Principal
from casework.domain.refusals import Refusal
from casework.settings import Settings, SettingsError
from casework.store.blobs import Blobs
from casework.store.people import tenants, users
from casework.store.people.tenants import Tenant
from casework.store.postgres.database import Database, DatabaseError
from casework.store.postgres.embedded import EmbeddedError, EmbeddedPostgres
from casework.store.postgres.migrate import migrate


class UserError(Exception):
    """Something that the user can mend; the message is one line."""


@contextmanager
def user_errors() -> Iterator[None]:
    """Turn what the user can mend into `UserError`."""
    try:
        yield
    except (SettingsError, DatabaseError, EmbeddedError) as error:
        raise UserError(str(error)) from error
    except Refusal as error:
        where = f" ({error.member})" if error.member else ""
        raise UserError(f"{error.message}{where}") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise UserError("the disk is full") from error
        if error.errno in {errno.EACCES, errno.EROFS, errno.ENOENT}:
            raise UserError(f"{error.strerror}: {error.filename}") from error
        raise


@contextmanager
def database_url(chosen: Settings) -> Iterator[str]:
    """Yield the address of the database: the configured one, or that of the embedded server, which is started."""
    if chosen.database_url:
        yield chosen.database_url
        return
    with EmbeddedPostgres(chosen.data.absolute() / "postgres") as dsn:
        yield dsn


class Session(msgspec.Struct, frozen=True):
    """An open installation."""

    settings: Settings
    database: Database
    casebook: Casebook
    principals: Principals
    blobs: Blobs

    async def tenant(self, key: str | None) -> Tenant:
        """Return the tenant with this key; without a key, the only one there is."""
        async with self.database.system() as connection:
            if key is not None:
                found = await tenants.by_key(connection, key)
                if found is None:
                    raise UserError(f"there is no tenant '{key}'")
                return found
            every = await tenants.every(connection)
        if not every:
            raise UserError("there is no tenant yet; 'casework apply FILE' makes one")
        if len(every) > 1:
            raise UserError(f"say which tenant: --tenant {' | '.join(t.key for t in every)}")
        return every[0]

    async def principal(self, tenant: Tenant, user: str | None) -> Principal:
        """Return the user with this address or key as a principal; without one, the tenant's system user."""
        async with self.database.tenant(tenant.tenant_id) as connection:
            number = await users.number_of(connection, tenant.tenant_id, user or "system")
        if number is None:
            raise UserError(f"there is no user '{user}' in tenant '{tenant.key}'")
        return await self.principals.by_user(tenant.tenant_id, number)


@asynccontextmanager
async def opened(chosen: Settings | None = None) -> AsyncIterator[Session]:
    """Open the installation that the settings name, migrated, for one command."""
    chosen = chosen or settings.load()
    with database_url(chosen) as url:
        await migrate(url)
        database = await Database.open(url, size=4, pooled=chosen.database_pooled)
        try:
            blobs = Blobs(chosen.blobs)
            yield Session(chosen, database, Casebook(database, blobs), Principals(database), blobs)
        finally:
            await database.close()
