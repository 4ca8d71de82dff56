"""The served OpenAPI document, and requests that Schemathesis generates from it."""

import httpx
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from casework.dialects.bottlecrm.routes import HANDLERS
from dialects.bottlecrm.client import API

SERVED = sorted(
    f"{method} {path.replace(':str', '')}/"
    for handler in HANDLERS
    for path in handler.paths
    for method in handler.http_methods
)
ON_A_CASE = [name for name in SERVED if name.endswith("/cases/{pk}/") and not name.startswith("DELETE")]
ON_SOMETHING = [name for name in SERVED if "{pk}" in name and not name.startswith("DELETE") and name not in ON_A_CASE]
# Failed sign-ins are counted by host: generating them would shut everybody out.
GENERATED = [name for name in SERVED if "login" not in name]
# Ids that a generator makes up name nothing (400 in bodies), and no token that it makes up refreshes (401).
RULED_OTHERWISE = ("POST", "PUT", "PATCH")


def configuration(server, token, operation, parameters):
    return {
        "seed": 20260131,
        "base-url": f"{server.url}{API}",
        "headers": {"Authorization": f"Bearer {token}"},
        "request-timeout": 30,
        "continue-on-failure": True,
        "parameters": parameters,
        "generation": {"max-examples": 20, "deterministic": True, "no-shrink": True, "allow-x00": False},
        # Stateful runs need links between operations, which the document has none of.
        "phases": {"stateful": {"enabled": False}},
        "checks": {
            # The sheet is lenient where the document is strict: a limit, offset or ordering that is none falls back,
            # a text that fits nothing gives an empty page (§1, §8.3), parts of a form are texts whatever they mean.
            # What must be refused is tested case by case elsewhere.
            "negative_data_rejection": {"enabled": False},
            "positive_data_acceptance": {"enabled": not operation.startswith(RULED_OTHERWISE)},
        },
        "operations": [{"exclude-name": operation, "enabled": False}],
    }


def run(server, token, operation, parameters):
    """Generate requests for one operation: everything that was wrong with the answers, and how many there were."""
    parameters = {"header.organization-id": server.ids["tenants"]["acme"]["bottlecrm"], **parameters}
    config = SchemathesisConfig.from_dict(configuration(server, token, operation, parameters))
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi/bottlecrm.json", config=config)
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


@pytest.mark.parametrize("operation", GENERATED)
def test_any_request_gets_an_answer_that_the_document_describes(server, alice, operation):
    wrong, answers = run(server, alice.token, operation, {})
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 1


@pytest.mark.parametrize("operation", ON_A_CASE)
def test_so_does_any_request_on_a_case_that_exists(server, alice, operation):
    case = alice.open()["id"]
    alice.comment(case, "x")
    alice.attach(case)
    wrong, answers = run(server, alice.token, operation, {"path.pk": case})
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 1


@pytest.mark.parametrize("operation", ON_SOMETHING)
def test_so_does_any_request_on_something_that_exists(server, alice, operation):
    case = alice.open()["id"]
    found = {
        "comment": alice.comment(case, "x")["id"],
        "attachment": alice.attach(case)["id"],
        "accounts": alice.id("organizations", "acme/acme-corp"),
        "contacts": alice.id("persons", "acme/kit"),
        "teams": alice.id("teams", "acme/escalations"),
        "users": alice.id("users", "acme/bob"),
    }
    wrong, answers = run(server, alice.token, operation, {"path.pk": found[operation.split("/")[-3]]})
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 1


def test_the_document_describes_exactly_what_is_served(server):
    document = httpx.get(f"{server.url}/openapi/bottlecrm.json", timeout=30).json()
    described = {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert described == set(SERVED)
