"""HTTP handlers: parse, call the casebook, render. No rules, no SQL."""

from casework.dialects.webitel.administration.session import HANDLERS as SESSION
from casework.dialects.webitel.routes.cases import HANDLERS as CASES
from casework.dialects.webitel.routes.comments import HANDLERS as COMMENTS
from casework.dialects.webitel.routes.communications import HANDLERS as COMMUNICATIONS
from casework.dialects.webitel.routes.export import HANDLERS as EXPORT
from casework.dialects.webitel.routes.files import HANDLERS as FILES
from casework.dialects.webitel.routes.history import HANDLERS as HISTORY
from casework.dialects.webitel.routes.links import HANDLERS as LINKS
from casework.dialects.webitel.routes.related import HANDLERS as RELATED
from casework.dialects.webitel.routes.writing import HANDLERS as WRITING

HANDLERS = [*CASES, *WRITING, *COMMENTS, *LINKS, *RELATED, *COMMUNICATIONS, *FILES, *HISTORY, *EXPORT, *SESSION]
