"""What is measured: the requests of IBM's, BottleCRM's and Peach's clients, one kind after the other."""

import random
from collections.abc import Sequence

import msgspec

from bench.doors import DOORS, NUMBER, Door
from bench.texts import COMMON, PAIR, RARE, Texts

CASES = "/ibm/case-management/v1/cases"
CRM = "/bottlecrm/api/cases/"
LOANS = "/peach/api/cases"
BORROWER = "/peach/api/people/ext-customer0/cases"
BODIES = 200
"""Different bodies of a writing operation, sent in turns."""
FILE_BYTES = 16 * 1024
BOUNDARY = "casework-bench-boundary"


class Operation(msgspec.Struct, frozen=True):
    """One kind of request.

    `path` may hold NUMBER, which stands for the number of any generated case. `grows` tells what the operation costs
    more of when there are more cases: nothing ("flat"), or what an exact total or an offset has to count ("exact").
    """

    name: str
    method: str
    path: str
    user: str = "admin"
    body: str = ""
    goal: int = 0
    grows: str = "flat"
    api: str = "ibm"

    @property
    def door(self) -> Door:
        """The API that the request belongs to."""
        return DOORS[self.api]

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"

    @property
    def content_type(self) -> str:
        """The media type of the body."""
        return f"multipart/form-data; boundary={BOUNDARY}" if self.body == "file" else "application/json"

    def bodies(self) -> list[bytes]:
        """Return the bodies that are sent, the same ones in every run."""
        texts = Texts(11)
        return [self._body(texts, n) for n in range(BODIES)] if self.body else []

    def _body(self, texts: Texts, n: int) -> bytes:
        if self.body == "comment":
            return msgspec.json.encode({"comment": texts.comment()})
        if self.body == "crm-case":
            text = {"name": f"{texts.subject()} {n}", "description": texts.description()}
            return msgspec.json.encode({"status": "New", "priority": "High", **text})
        if self.body == "peach-case":
            return msgspec.json.encode({"caseType": "generic", "name": texts.subject()[:128]})
        if self.body == "case":
            text = {"subject": texts.subject(), "description": texts.description()}
            return msgspec.json.encode({"type": "sales", "severity": 2, **text})
        data = random.Random(n).randbytes(FILE_BYTES)
        return upload(data)


def upload(data: bytes) -> bytes:
    """Return a form with one file."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="trace.log"\r\n'
    return head.encode() + b"Content-Type: text/plain\r\n\r\n" + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def _search(text: str) -> str:
    return f"{CASES}?search={text.replace(' ', '%20')}"


OPERATIONS: Sequence[Operation] = (
    Operation("list", "GET", CASES, goal=1_000),
    Operation("list-status", "GET", f"{CASES}?status=in_progress", goal=1_000),
    Operation("list-statuses", "GET", f"{CASES}?status=new,in_progress,waiting_on_client", goal=1_000),
    Operation("list-deep", "GET", f"{CASES}?offset=50000", grows="exact"),
    Operation("list-own", "GET", CASES, user="few"),
    Operation("list-own-many", "GET", CASES, user="many", grows="exact"),
    Operation("list-departments", "GET", CASES, user="home"),
    Operation("search-rare", "GET", _search(RARE)),
    Operation("search-two-words", "GET", _search(PAIR), grows="exact"),
    Operation("search-common", "GET", _search(COMMON), grows="exact"),
    Operation("get", "GET", f"{CASES}/{NUMBER}", goal=1_500),
    Operation("create", "POST", CASES, body="case", goal=400),
    Operation("comment", "PUT", f"{CASES}/{NUMBER}/comments", body="comment"),
    Operation("upload", "PUT", f"{CASES}/{NUMBER}/attachments", body="file"),
    Operation("crm-list", "GET", CRM, api="bottlecrm"),
    Operation("crm-filter", "GET", f"{CRM}?status=In%20Progress&priority=High", api="bottlecrm", grows="exact"),
    Operation("crm-name", "GET", f"{CRM}?name={RARE}", api="bottlecrm"),
    Operation("crm-get", "GET", f"{CRM}{NUMBER}/", api="bottlecrm"),
    Operation("crm-create", "POST", CRM, body="crm-case", api="bottlecrm"),
    Operation("peach-list", "GET", LOANS, api="peach", grows="exact"),
    Operation("peach-list-name", "GET", f"{LOANS}?sortBy=name", api="peach", grows="exact"),
    Operation("peach-list-owner", "GET", f"{LOANS}?sortBy=owningEmployeeLastName", api="peach", grows="exact"),
    Operation("peach-person", "GET", BORROWER, api="peach", grows="exact"),
    Operation("peach-person-name", "GET", f"{BORROWER}?sortBy=name", api="peach", grows="exact"),
    Operation("peach-person-owner", "GET", f"{BORROWER}?sortBy=owningEmployeeLastName", api="peach", grows="exact"),
    Operation("peach-get", "GET", f"{LOANS}/{NUMBER}", api="peach"),
    Operation("peach-create", "POST", BORROWER, body="peach-case", api="peach"),
    Operation("crm-comment", "POST", f"{CRM}{NUMBER}/", body="comment", api="bottlecrm"),
)


def chosen(only: Sequence[str]) -> list[Operation]:
    """Return the operations with these names, all when none is named.

    Raises:
        ValueError: There is no operation of that name.
    """
    known = {operation.name: operation for operation in OPERATIONS}
    if unknown := set(only) - set(known):
        raise ValueError(f"there is no operation '{min(unknown)}'; there are {', '.join(known)}")
    return [operation for operation in OPERATIONS if not only or operation.name in only]
