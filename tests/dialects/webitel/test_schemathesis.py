"""The served document, and requests that Schemathesis generates from it, at every operation on cases."""

import re

import httpx
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from casework.dialects.webitel import WEBITEL
from casework.dialects.webitel.routes import HANDLERS


def addresses(handlers):
    """Yield method and path of every operation; parameters are all called the same."""
    for handler in handlers:
        for path in handler.paths:
            for method in handler.http_methods:
                yield f"{method} {re.sub(r'{[^}]*}', '{}', path.removeprefix('/api'))}"


MINE = set(addresses(HANDLERS))


@pytest.fixture(scope="module")
def document(server):
    return httpx.get(f"{server.url}/openapi/webitel.json", timeout=30).json()


def described(document):
    return {
        f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}": f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }


def test_the_document_describes_exactly_what_is_served(document):
    served = set(addresses(WEBITEL.routes)) - {"GET /cases/{}/acl", "PATCH /cases/{}/acl"}
    assert served == set(described(document))


def run(world, operation, parameters):
    """Generate requests for one operation: everything that was wrong with the answers, and how many there were."""
    settings = {
        "seed": 20260301,
        "base-url": world.base,
        "headers": world.door("root").headers,
        "request-timeout": 30,
        "continue-on-failure": True,
        "parameters": parameters,
        "generation": {"max-examples": 12, "deterministic": True, "no-shrink": True, "allow-x00": False},
        "phases": {"stateful": {"enabled": False}},
        "checks": {
            # Rules outside the schema refuse what it allows (references to nothing), and the door forgives what it
            # does not (unknown members, other casings, numbers as text): tested rule by rule elsewhere.
            "negative_data_rejection": {"enabled": False},
            "positive_data_acceptance": {"enabled": False},
            # The token of a link may stand in the query instead.
            "ignored_auth": {"enabled": False},
            # `/cases/export` and its like lie where an etag could be.
            "unsupported_method": {"enabled": False},
        },
        "operations": [{"exclude-name": operation, "enabled": False}],
    }
    config = SchemathesisConfig.from_dict(settings)
    schema = schemathesis.openapi.from_url(f"{world.server.url}/openapi/webitel.json", config=config)
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


@pytest.mark.parametrize("operation", sorted(MINE))
def test_any_request_gets_an_answer_that_the_document_describes(world, document, operation):
    wrong, answers = run(world, described(document)[operation], {})
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 1


ON_A_CASE = sorted(name for name in MINE if name.startswith(("GET /cases/{}", "POST /cases/{}", "PUT /cases/{}")))


@pytest.mark.parametrize("operation", ON_A_CASE)
def test_so_does_any_request_on_something_that_exists(world, document, operation):
    root = world.door("root")
    other = world.case()
    case = world.case(links=[{"url": "https://x.example"}], related=[{"related_to": other["id"], "relation_type": 9}])
    root.post(f"/cases/{case['id']}/comments", {"text": "x"})
    related = {"etag": case["related"]["data"][0]["etag"], "primary_case_etag": case["id"]}
    links = {"etag": case["links"]["items"][0]["etag"], "case_etag": case["id"]}
    plain = dict.fromkeys(("etag", "case_etag", "case_id", "primary_case_etag"), case["id"])
    known = related if "related" in operation else links if "links" in operation else plain
    wrong, answers = run(
        world, described(document)[operation], {f"path.{name}": value for name, value in known.items()}
    )
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 1
