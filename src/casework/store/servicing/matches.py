"""Which matches of watch lists have a case already, and the key of the hashes that identities are kept as."""

import secrets
from typing import Any


async def claim(connection: Any, tenant: int, monitor: str, fingerprint: bytes) -> bool:
    """Take a match for this transaction; False when it has a case. A second run waits until the first has ended."""
    row = await connection.fetchval(
        "insert into monitor_matches (tenant_id, monitor, fingerprint) values ($1, $2, $3)"
        " on conflict do nothing returning true",
        tenant,
        monitor,
        fingerprint,
    )
    return row is not None


async def settle(connection: Any, tenant: int, monitor: str, fingerprint: bytes, case: int) -> None:
    """Remember the case of a match that this transaction took."""
    await connection.execute(
        "update monitor_matches set case_number = $4 where tenant_id = $1 and monitor = $2 and fingerprint = $3",
        tenant,
        monitor,
        fingerprint,
        case,
    )


async def taken(connection: Any, tenant: int, monitor: str) -> set[bytes]:
    """Return the fingerprints of all matches that have a case."""
    rows = await connection.fetch(
        "select fingerprint from monitor_matches where tenant_id = $1 and monitor = $2", tenant, monitor
    )
    return {row[0] for row in rows}


async def identity_key(connection: Any) -> bytes:
    """Return the installation's key for identities, as the system role; the first to ask makes it."""
    await connection.execute(
        "insert into identity_keys (secret) values ($1) on conflict do nothing", secrets.token_bytes(32)
    )
    key: bytes = await connection.fetchval("select secret from identity_keys")
    return key
