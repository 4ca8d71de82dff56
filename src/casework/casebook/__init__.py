"""Use cases: the one way to change a case, and the ways to read. Doors call this and nothing below it."""

from collections.abc import Callable
from datetime import UTC, datetime

from casework.casebook.attachments import Attachments
from casework.casebook.catalogue import Catalogue
from casework.casebook.executing import Executor
from casework.casebook.feed import Feed
from casework.casebook.identities import Identities
from casework.casebook.people import People
from casework.casebook.reading import Reader
from casework.casebook.reference import Reference
from casework.casebook.servicing import Servicing
from casework.casebook.sla.levels import Levels
from casework.store.blobs import Blobs
from casework.store.postgres.database import Database

__all__ = ["Casebook"]


def now() -> datetime:
    """Return the time, with the millisecond precision that the store keeps."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class Casebook:
    """What a door needs: `execute` to change a case, `reference` to change other nouns, `read` to look.

    Beside them: `files`, `people`, `identities`, `catalogue`, `feed`, `servicing` for loans, and `levels` (SLA).
    """

    def __init__(self, database: Database, blobs: Blobs, clock: Callable[[], datetime] = now) -> None:
        self.database = database
        self.clock = clock
        self.catalogue = Catalogue(database)
        self.people = People(database, self.catalogue)
        self.identities = Identities(database)
        self.executor = Executor(database, self.catalogue, clock)
        self.execute = self.executor.execute
        self.execute_all = self.executor.execute_all
        self.read = Reader(database, self.catalogue)
        self.levels = Levels(database, self.catalogue, self.read, clock)
        self.files = Attachments(database, blobs)
        self.feed = Feed(database)
        self.reference = Reference(database, self.catalogue, self.executor, clock)
        self.servicing = Servicing(
            database,
            catalogue=self.catalogue,
            reference=self.reference,
            executor=self.executor,
            files=self.files,
            clock=clock,
        )
