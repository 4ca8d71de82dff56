"""All handlers of the lookups."""

from casework.dialects.webitel.administration import access, channels, defaults, extensions
from casework.dialects.webitel.lookups import calendars, catalogs, contacts, groups
from casework.dialects.webitel.lookups.conditions import STATUS_CONDITIONS
from casework.dialects.webitel.lookups.handlers import handlers
from casework.dialects.webitel.lookups.simple import (
    CLOSE_REASON_GROUPS,
    CLOSE_REASONS,
    PRIORITIES,
    SLA_CONDITIONS,
    SLAS,
    SOURCES,
    STATUSES,
)

TABLES = (
    SOURCES,
    PRIORITIES,
    STATUSES,
    STATUS_CONDITIONS,
    CLOSE_REASON_GROUPS,
    CLOSE_REASONS,
    SLAS,
    SLA_CONDITIONS,
)
HANDLERS = [
    *(handler for table in TABLES for handler in handlers(table)),
    *catalogs.HANDLERS,
    *calendars.HANDLERS,
    *contacts.HANDLERS,
    *groups.HANDLERS,
    *access.HANDLERS,
    *defaults.HANDLERS,
    *extensions.HANDLERS,
    *channels.HANDLERS,
]
