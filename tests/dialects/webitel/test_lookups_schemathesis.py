"""Requests that Schemathesis generates from the served document, at every operation of the lookups."""

import re

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from casework.dialects.webitel.lookups.registered import HANDLERS
from dialects.webitel.catalogue import Catalogue, Shop

RENAMED = {
    "/cases/{etag}/acl": "/{object}/{object_id}/acl",
    "/{object}/{etag}/acl": "/{object}/{object_id}/acl",
}
"""Addresses of ours that the document has under another one."""


def operations():
    for handler in HANDLERS:
        for path in sorted(handler.paths):
            named = re.sub(r":str\}", "}", path.removeprefix("/api"))
            for method in sorted(map(str, handler.http_methods)):
                yield f"{method} {RENAMED.get(named, named)}"


OPERATIONS = sorted(set(operations()))


@pytest.fixture(scope="module")
def goods(server, world):
    shop = Shop(server, world.http, "fuzzed")
    made = Catalogue(shop.door("root"))
    made.shop = shop
    return made


def run(goods, operation):
    """Generate requests for one operation: everything that was wrong with the answers, and how many there were."""
    settings = {
        "seed": 20260301,
        "base-url": goods.shop.base,
        "headers": goods.root.headers,
        "request-timeout": 30,
        "continue-on-failure": True,
        "parameters": {},
        "generation": {"max-examples": 10, "deterministic": True, "no-shrink": True, "allow-x00": False},
        "phases": {"stateful": {"enabled": False}},
        "checks": {
            # Rules outside the schema refuse what it allows (references to nothing), and the door forgives what it
            # does not (unknown members, other casings, numbers as text): tested rule by rule elsewhere.
            "negative_data_rejection": {"enabled": False},
            "positive_data_acceptance": {"enabled": False},
            # `/calendars/timezones` and its like lie where an id could be.
            "unsupported_method": {"enabled": False},
        },
        "operations": [{"exclude-name": operation, "enabled": False}],
    }
    config = SchemathesisConfig.from_dict(settings)
    schema = schemathesis.openapi.from_url(f"{goods.shop.server.url}/openapi/webitel.json", config=config)
    wrong, answers = [], 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.FatalError | events.NonFatalError):
            wrong.append(repr(event.exception if isinstance(event, events.FatalError) else event.value))
        if isinstance(event, events.ScenarioFinished):
            answers += len(event.recorder.interactions)
            for checks in event.recorder.checks.values():
                wrong += [
                    f"{check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
                    for check in checks
                    if check.status is Status.FAILURE
                ]
    return wrong, answers


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_request_gets_an_answer_that_the_document_describes(goods, operation):
    wrong, answers = run(goods, operation)
    assert not wrong, "\n\n".join(wrong)
    assert answers
