"""Events as rows: writing them with their chain, reading histories and the feed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from casework.domain import chain
from casework.domain.case import CHILDREN, Case
from casework.domain.events import PERSONAL, Envelope, Event
from casework.store.postgres.batch import Batch

COLUMNS = (
    "tenant_id", "subject_kind", "subject", "uid", "version", "n", "at", "actor", "on_behalf_of", "via", "kind",
    "data", "text_digest", "hash",
)  # fmt: skip
TEXT_COLUMNS = ("tenant_id", "uid", "version", "n", "salt", "texts")


class StoredEvent(msgspec.Struct, frozen=True):
    """A row of the feed. `data` and `texts` are the stored JSON, byte for byte; `texts` is None when erased."""

    tenant_id: int
    seq: int
    subject_kind: str
    subject: int
    uid: UUID
    version: int
    n: int
    at: datetime
    actor: int
    on_behalf_of: int | None
    via: str
    kind: str
    data: str
    text_digest: bytes | None
    hash: bytes
    salt: bytes | None = None
    texts: str | None = None

    @property
    def envelope(self) -> Envelope:
        """When, by whom, through which door."""
        return Envelope(
            at=self.at, actor=self.actor, via=self.via, version=self.version, on_behalf_of=self.on_behalf_of
        )


SELECT = (
    "e.tenant_id, e.seq, e.subject_kind, e.subject, e.uid, e.version, e.n, e.at, e.actor, e.on_behalf_of, e.via,"
    " e.kind, e.data::text, e.text_digest, e.hash, x.salt, x.texts::text"
)
SOURCE = (
    "events e left join event_texts x"
    " on x.tenant_id = e.tenant_id and x.uid = e.uid and x.version = e.version and x.n = e.n"
)


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


def _split(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (data, texts): personal members apart from the others."""
    data: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for side, members in (("set", event.set), ("was", event.was)):
        for name, member in members.items():
            target = texts if name in PERSONAL and member else data
            target.setdefault(side, {})[name] = member
    if event.noun is not None:
        data |= {"noun": event.noun, "child": str(event.child)}
    return data, texts


def add(
    batch: Batch,
    events: Sequence[Event],
    envelope: Envelope,
    *,
    subject: tuple[str, int, UUID],
    tenant: int,
    head: bytes,
    salt: bytes,
) -> bytes:
    """Add one command's events to the batch and return the new head of the subject's chain.

    Args:
        batch: Where the inserts go.
        events: In order; at least one.
        envelope: Shared by all of them.
        subject: Kind, number and uid of what they are about.
        tenant: Whose they are.
        head: The chain's last hash; `chain.GENESIS` for the first.
        salt: 16 random bytes for the digests of personal texts.
    """
    kind, number, uid = subject
    rows, texts_rows = [], []
    for n, event in enumerate(events):
        data, texts = _split(event)
        stored = _json(data)
        digest = b""
        if texts:
            text = _json(texts)
            digest = chain.text_digest(salt, text)
            texts_rows.append((tenant, uid, envelope.version, n, salt, text.decode()))
        head = chain.link(
            head,
            tenant=tenant,
            subject=uid,
            version=envelope.version,
            n=n,
            at=envelope.at,
            actor=envelope.actor,
            on_behalf_of=envelope.on_behalf_of,
            via=envelope.via,
            kind=event.kind,
            data=stored,
            texts=digest,
        )
        rows.append(
            (
                tenant, kind, number, uid, envelope.version, n, envelope.at, envelope.actor, envelope.on_behalf_of,
                envelope.via, event.kind, stored.decode(), digest or None, head,
            )
        )  # fmt: skip
    batch.insert("events", COLUMNS, *rows)
    if texts_rows:
        batch.insert("event_texts", TEXT_COLUMNS, *texts_rows)
    return head


def hash_of(event: StoredEvent, head: bytes) -> bytes:
    """Return the hash that the stored bytes should have after `head`."""
    return chain.link(
        head,
        tenant=event.tenant_id,
        subject=event.uid,
        version=event.version,
        n=event.n,
        at=event.at,
        actor=event.actor,
        on_behalf_of=event.on_behalf_of,
        via=event.via,
        kind=event.kind,
        data=event.data.encode(),
        texts=event.text_digest or b"",
    )


def _types() -> dict[str, dict[str | None, Any]]:
    """Member types by noun, for reading values back from JSON; None stands for the case itself."""
    found: dict[str, dict[str | None, Any]] = {}
    kinds: list[tuple[str | None, Any]] = [(None, Case), *CHILDREN.items()]
    for noun, kind in kinds:
        for member in msgspec.structs.fields(kind):
            found.setdefault(member.name, {})[noun] = member.type
    return found


TYPES = _types()


def event_of(stored: StoredEvent) -> Event:
    """Return the event that was stored, with its members typed as the core has them.

    Erased texts read as "".
    """
    data: dict[str, Any] = msgspec.json.decode(stored.data)
    if stored.texts:
        for side, members in msgspec.json.decode(stored.texts).items():
            data.setdefault(side, {}).update(members)
    noun = data.get("noun")
    child = data.get("child")
    return Event(
        kind=stored.kind,
        set=_typed(data.get("set", {}), noun),
        was=_typed(data.get("was", {}), noun),
        noun=noun,
        child=UUID(child) if child else None,
    )


def _typed(members: Mapping[str, Any], noun: str | None) -> dict[str, Any]:
    return {name: msgspec.convert(value, TYPES[name][noun], strict=False) for name, value in members.items()}


async def history(connection: Any, tenant: int, kind: str, subject: int, *, own: bool = False) -> list[StoredEvent]:
    """Return the events of one subject, in order: all of them, or its own without those of what hangs on it."""
    only = " and e.data->>'noun' is null" if own else ""
    rows = await connection.fetch(
        f"select {SELECT} from {SOURCE} where e.tenant_id = $1 and e.subject_kind = $2 and e.subject = $3{only}"
        " order by e.version, e.n",
        tenant,
        kind,
        subject,
    )
    return [StoredEvent(*row) for row in rows]


async def head(connection: Any, tenant: int, kind: str, subject: int) -> bytes:
    """Lock and return the head of a noun's chain. A case carries its own."""
    found: bytes = await connection.fetchval(
        "select hash from chains where tenant_id = $1 and subject_kind = $2 and subject = $3 for update",
        tenant,
        kind,
        subject,
    )
    return found


def keep_head(batch: Batch, tenant: int, subject: tuple[str, int], version: int, found: bytes) -> None:
    """Add the new head of a noun's chain to the batch."""
    batch.insert(
        "chains",
        ("tenant_id", "subject_kind", "subject", "version", "hash"),
        (tenant, *subject, version, found),
        then="on conflict (tenant_id, subject_kind, subject)"
        " do update set version = excluded.version, hash = excluded.hash",
    )
