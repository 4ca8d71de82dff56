"""The served OpenAPI document against the routes, and requests about cases that Schemathesis generates from it."""

import re

import httpx
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from casework.dialects.peach import PEACH
from casework.dialects.peach.routes import HANDLERS
from dialects.peach.case_office import desks


def served(handlers):
    return {
        f"{method} {re.sub(r'{[^}]*}', '{}', path.removeprefix('/api'))}"
        for handler in handlers
        for path in handler.paths
        for method in handler.http_methods
    }


def described(document):
    return {
        f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}": f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }


@pytest.fixture(scope="module")
def desk(server):
    with desks(server, "pc-thesis") as found:
        yield found[0]


@pytest.fixture(scope="module")
def document(server):
    return httpx.get(f"{server.url}/openapi/peach.json", timeout=30).json()


def test_the_document_describes_what_is_served(document):
    assert set(described(document)) <= served(PEACH.routes)
    assert served(HANDLERS) <= set(described(document))


# What must be refused is tested case by case elsewhere; the sheet is lenient where the document is strict (§3, §6), and
# ids that a generator makes up name nothing: 404, and 400 in bodies.
def configuration(desk, operation, parameters):
    return {
        "seed": 20260131,
        "base-url": f"{desk.server.url}/peach/api",
        "headers": {"X-API-KEY": f"{desk.key}-ada-secret-000001"},
        "request-timeout": 30,
        "continue-on-failure": True,
        "parameters": parameters,
        "generation": {"max-examples": 6, "deterministic": True, "no-shrink": True, "allow-x00": False},
        "phases": {"stateful": {"enabled": False}},
        "checks": {
            "negative_data_rejection": {"enabled": False},
            "positive_data_acceptance": {"enabled": False},
            "missing_required_header": {"enabled": False},
        },
        "operations": [{"exclude-name": operation, "enabled": False}],
    }


@pytest.mark.parametrize("operation", sorted(served(HANDLERS)))
def test_any_request_gets_an_answer_that_the_document_describes(desk, document, operation):
    path, case = desk.new("bankruptcy")
    desk.post(f"{path}/do-not-interacts", {"channels": ["all"]})
    person, note = path.split("/")[2], desk.post(f"{path}/notes", {"content": "x"})["id"]
    parameters = {"path.personId": person, "path.caseId": case["id"], "path.noteId": note}
    named = described(document)[operation]
    config = SchemathesisConfig.from_dict(configuration(desk, named, parameters))
    schema = schemathesis.openapi.from_url(f"{desk.server.url}/openapi/peach.json", config=config)
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
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 1
