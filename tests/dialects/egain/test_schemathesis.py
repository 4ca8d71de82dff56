"""The served OpenAPI document, and requests that Schemathesis generates from it."""

import httpx
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from casework.dialects.egain.routes import HANDLERS

API = "/egain/core/casemgr/v3"


def operations():
    for handler in HANDLERS:
        (path,) = handler.paths
        named = path.removeprefix("/core/casemgr/v3").replace("{ids:str}", "{ids}").replace("{case:str}", "{id}")
        for method in sorted(map(str, handler.http_methods)):
            yield f"{method} {named}"


OPERATIONS = list(operations())
CASES = [name for name in OPERATIONS if " /case" in name]


def configuration(server, operation, parameters):
    return {
        "seed": 20260131,
        "base-url": f"{server.url}{API}",
        "headers": {"Authorization": "Bearer egain-global-secret-0001"},
        "request-timeout": 30,
        "continue-on-failure": True,
        "parameters": parameters,
        "generation": {"max-examples": 20, "deterministic": True, "no-shrink": True, "allow-x00": False},
        "phases": {"stateful": {"enabled": False}},
        "checks": {
            # Rules outside the schema refuse what it allows (ids of nothing, stale times), and the door forgives
            # what it does not (unknown members of users, languages in other letters): tested case by case elsewhere.
            "negative_data_rejection": {"enabled": False},
            "positive_data_acceptance": {"enabled": False},
        },
        "operations": [{"exclude-name": operation, "enabled": False}],
    }


def run(server, operation, parameters):
    """Generate requests for one operation: everything that was wrong with the answers, and how many there were."""
    config = SchemathesisConfig.from_dict(configuration(server, operation, parameters))
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi/egain.json", config=config)
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


@pytest.fixture(scope="module")
def document(server):
    answer = httpx.get(f"{server.url}/openapi/egain.json", timeout=30)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("operation", CASES)
def test_any_request_gets_an_answer_that_the_document_describes(server, world, operation):
    wrong, answers = run(server, operation, {})
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 5


@pytest.mark.parametrize("operation", [name for name in CASES if "{" in name])
def test_so_does_any_request_on_a_case_that_exists(server, world, sam, operation):
    number = str(world.case())
    parameters = {"path.id": number}
    if "{ids}" in operation:
        note = sam.send("POST", f"/core/casemgr/v3/case/{number}/note", json={"content": "x"}).headers["location"]
        parameters["path.ids"] = note.rsplit("/", 1)[1] if "note" in operation else number
    wrong, answers = run(server, operation, parameters)
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 1


def test_the_document_describes_every_operation(document):
    described = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert set(OPERATIONS) <= described


def test_the_document_names_the_address_it_was_fetched_from(server, document):
    assert document["servers"][0]["url"].rstrip("/") == f"{server.url}{API}"
    flow = document["components"]["securitySchemes"]["oAuthClient"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == f"{server.url}/egain/oauth2/v2.0/token"
