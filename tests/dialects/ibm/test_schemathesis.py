"""The served OpenAPI document, and requests that Schemathesis generates from it."""

from urllib.parse import urljoin

import httpx
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from dialects.ibm.client import API, FILE_ID, OPERATIONS

DESCRIBED = [
    f"{method} {path.replace(FILE_ID, '{file_id}').replace('{number}', '{case_number}')}"
    for method, path, _ in OPERATIONS
]
# Here a rule outside the schema refuses what the schema allows: a null crn names no resource (facts.md §11.17),
# a form needs a file whose extension is allowed (§6.10).
RULED_OTHERWISE = {"POST /cases", "PUT /cases/{case_number}/resources", "PUT /cases/{case_number}/attachments"}


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
            # facts.md is lenient where the document is strict: null counts as absent (§5), doubled list items are
            # dropped quietly (§11.22), empty parameters count as not supplied (§1). What must be refused is
            # tested case by case elsewhere.
            "negative_data_rejection": {"enabled": False},
            "positive_data_acceptance": {"enabled": operation not in RULED_OTHERWISE},
        },
        "operations": [{"exclude-name": operation, "enabled": False}],
    }


def run(server, token, operation, parameters):
    """Generate requests for one operation: everything that was wrong with the answers, and how many there were."""
    config = SchemathesisConfig.from_dict(configuration(server, token, operation, parameters))
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi/ibm.json", config=config)
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
    answer = httpx.get(f"{server.url}/openapi/ibm.json", timeout=30)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("operation", DESCRIBED)
def test_any_request_gets_an_answer_that_the_document_describes(server, alice, operation):
    wrong, answers = run(server, alice.token, operation, {})
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 10


@pytest.mark.parametrize("operation", [name for name in DESCRIBED if "{case_number}" in name])
def test_so_does_any_request_on_a_case_that_exists(server, alice, operation):
    number = alice.open()["number"]
    parameters = {"path.case_number": number}
    if "{file_id}" in operation:
        parameters["path.file_id"] = alice.upload(number, b"data", "a.txt")["id"]
    wrong, answers = run(server, alice.token, operation, parameters)
    assert not wrong, "\n\n".join(wrong)
    assert answers >= 1


def test_the_document_describes_every_operation(document):
    described = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert {*DESCRIBED, "POST /identity/token"} <= described


def test_the_document_names_the_address_it_was_fetched_from(server, document):
    fetched = f"{server.url}/openapi/ibm.json"
    [case_server] = document["servers"]
    [token_server] = document["paths"]["/identity/token"]["servers"]
    assert urljoin(fetched, case_server["url"]).rstrip("/") == f"{server.url}{API}"
    assert urljoin(fetched, token_server["url"]).rstrip("/") == f"{server.url}/ibm"
