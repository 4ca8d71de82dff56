"""Use cases of loan servicing beside the case: borrowers, their objects, directory, case types, tasks, supercases."""

from collections.abc import Callable
from datetime import datetime

from casework.auth.sealing import Seals
from casework.casebook.attachments import Attachments
from casework.casebook.catalogue import Catalogue
from casework.casebook.executing import Executor
from casework.casebook.reference import Reference
from casework.casebook.servicing.borrowers import Borrowers
from casework.casebook.servicing.directory import Directory
from casework.casebook.servicing.matching import Matches
from casework.casebook.servicing.objects import Objects
from casework.casebook.servicing.supercases import Supercases
from casework.casebook.servicing.types import Types
from casework.casebook.servicing.webhooks import Webhooks
from casework.casebook.servicing.work import Work
from casework.store.postgres.database import Database

__all__ = ["Servicing"]


class Servicing:
    """What a door of a loan servicer needs beside `Casebook.execute` and `Casebook.read`."""

    def __init__(
        self,
        database: Database,
        *,
        catalogue: Catalogue,
        reference: Reference,
        executor: Executor,
        files: Attachments,
        clock: Callable[[], datetime],
    ) -> None:
        self.seals = Seals(database)
        self.borrowers = Borrowers(database, reference, self.seals)
        self.objects = Objects(database, reference, files)
        self.directory = Directory(database, reference)
        self.types = Types(catalogue, reference)
        self.work = Work(database, reference)
        self.webhooks = Webhooks(database, reference)
        self.supercases = Supercases(database, catalogue, executor, clock)
        self.matches = Matches(database, catalogue, executor, clock, self.seals)
