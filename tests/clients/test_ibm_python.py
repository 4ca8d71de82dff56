"""IBM's unmodified Python client (ibm-platform-services) against the IBM door."""

import json
import time
import uuid
from datetime import UTC, datetime

import pytest
from ibm_cloud_sdk_core.authenticators import BearerTokenAuthenticator
from ibm_platform_services import CaseManagementV1
from ibm_platform_services import case_management_v1 as ibm

from clients.ibm_python import COS, CRN, Connections, make, refused, subject, upload

FIELDS = [field.value for field in ibm.GetCasesEnums.Fields]


@pytest.fixture
def connections(server):
    opened = Connections(server)
    yield opened
    opened.close()


@pytest.fixture
def service(connections):
    return connections.of("acme/alice")


@pytest.fixture
def bob(server):
    return ibm.User(realm="IBMid", user_id=server.ids["users"]["acme/bob"]["ibm"])


def test_it_creates_a_technical_case(service):
    name = subject()
    case = make(service, subject=name, description="Please ignore")
    assert case["number"].startswith("CS")
    assert case["short_description"] == name
    assert case["description"] == "Please ignore"
    assert case["severity"] == 4
    assert case["status"] == "New"


def test_it_creates_a_case_with_everything(service, bob):
    case = make(
        service,
        type="billing_and_invoice",
        eu=ibm.CasePayloadEu(supported=True, data_center=1),
        resources=[ibm.ResourcePayload(crn=CRN, note="note"), ibm.ResourcePayload(type="server", id=9999.0)],
        watchlist=[bob],
        invoice_number="INV-1",
        sla_credit_request=False,
    )
    typed = ibm.Case.from_dict(case)
    assert typed.eu.support is True
    assert typed.eu.data_center == "1"
    assert [resource.crn for resource in typed.resources] == [CRN, "9999"]
    assert [user.name for user in typed.watchlist] == ["Bob Agent"]
    assert typed.offering == COS


@pytest.mark.parametrize(
    "members",
    [{"offering": None}, {"subject": ""}, {"description": ""}, {"type": "invalid_type"}, {"severity": 7}],
    ids=str,
)
def test_it_gets_400_for_a_case_that_cannot_be(service, members):
    error = refused(400, make, service, **members)
    assert error.http_response.headers["Content-Type"].startswith("application/json")


def test_it_reads_a_case_and_its_typed_model_takes_the_whole_answer(service, bob):
    number = make(service, resources=[ibm.ResourcePayload(crn=CRN)], watchlist=[bob])["number"]
    service.add_comment(number, "A comment")
    upload(service, number, b"data", filename="a.txt", content_type="text/plain")
    answer = service.get_case(number)
    assert answer.get_status_code() == 200
    typed = ibm.Case.from_dict(answer.get_result())
    assert typed.number == number
    assert typed.created_by.name == "Alice Admin"
    assert typed.comments[0].value == "A comment"
    assert typed.attachments[0].filename == "a.txt"
    datetime.strptime(typed.created_at, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def test_its_typed_model_takes_the_barest_answer(service):
    typed = ibm.Case.from_dict(make(service, type="sales", offering=None))
    assert typed.offering is None
    assert typed.resources == typed.watchlist == typed.attachments == typed.comments == []


def test_it_selects_fields_and_the_others_are_absent(service):
    number = make(service)["number"]
    case = service.get_case(number, fields=["number", "short_description", "severity"]).get_result()
    assert set(case) == {"number", "short_description", "severity"}
    assert set(service.get_case(number, fields=FIELDS).get_result()) == set(FIELDS)
    assert "description" in service.get_case(number, fields=[]).get_result()


def test_it_gets_400_for_unknown_fields(service):
    number = make(service)["number"]
    refused(400, service.get_case, number, fields=["number", "invalid_field"])
    refused(400, service.get_cases, fields=["invalid_field"])


def test_it_lists_cases_with_every_parameter(service):
    name = subject("Listing")
    numbers = [make(service, subject=f"{name} {n}")["number"] for n in range(3)]
    result = service.get_cases(
        offset=0, limit=2, search=name, sort="number", status=["new", "in_progress"], fields=["number", "status"]
    ).get_result()
    assert result["total_count"] == 3
    assert result["cases"] == [{"number": number, "status": "New"} for number in numbers[:2]]
    typed = ibm.CaseList.from_dict(result)
    assert typed.first.href
    assert typed.last.href
    assert typed.next.href
    assert typed.previous is None


def test_it_lists_cases_with_no_parameter_and_with_empty_lists(service):
    make(service)
    assert service.get_cases().get_result()["total_count"] > 0
    assert service.get_cases(status=[], fields=[], search="").get_result()["cases"]


def test_it_walks_by_offset_until_a_page_is_empty(service):
    name = subject("Walking")
    for n in range(5):
        make(service, subject=f"{name} {n}")
    sizes, offset = [], 0
    while True:
        cases = service.get_cases(offset=offset, limit=2, search=name).get_result()["cases"]
        sizes.append(len(cases))
        offset += 2
        if not cases:
            break
    assert sizes == [2, 2, 1, 0]


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_its_pager_goes_to_the_end_and_stops(service, limit):
    name = subject("Paging with & and =")
    numbers = [make(service, subject=f"{name} {n}")["number"] for n in range(5)]
    query = {"limit": limit, "search": name, "sort": "~number", "status": ["new", "closed"], "fields": ["number"]}
    pager = ibm.GetCasesPager(client=service, **query)
    pages = []
    while pager.has_next():
        pages.append(pager.get_next())
    assert len(pages) == -(-5 // limit)
    seen = [case["number"] for page in pages for case in page]
    assert seen == sorted(numbers, reverse=True)
    assert ibm.GetCasesPager(client=service, **query).get_all() == [{"number": number} for number in seen]


def test_its_pager_ends_at_once_when_nothing_matches(service):
    assert ibm.GetCasesPager(client=service, limit=10, search=subject("nothing")).get_all() == []


@pytest.mark.parametrize("text", ["Python-SDK-IT", "python-sdk-it", "SDK-IT"])
def test_it_searches_the_subject_by_substring(service, text):
    number = make(service)["number"]
    cases = service.get_cases(search=text, sort="~created_at", limit=100).get_result()["cases"]
    assert number in [case["number"] for case in cases]


def test_it_adds_a_comment(service):
    number = make(service)["number"]
    answer = service.add_comment(number, "Test comment")
    assert answer.get_status_code() == 200
    comment = ibm.Comment.from_dict(answer.get_result())
    assert comment.value == "Test comment"
    assert comment.added_by.name == "Alice Admin"
    refused(404, service.add_comment, "fake-case-number", "Test comment")
    refused(400, service.add_comment, number, "")


def test_it_adds_and_removes_watchers(service, bob):
    number = make(service)["number"]
    stranger = ibm.User(realm="IBMid", user_id="abc@ibm.example")
    answer = service.add_watchlist(number, watchlist=[bob, stranger])
    assert answer.get_status_code() == 200
    result = ibm.WatchlistAddResponse.from_dict(answer.get_result())
    assert [user.user_id for user in result.added] == [bob.user_id]
    assert [user.user_id for user in result.failed] == ["abc@ibm.example"]
    answer = service.remove_watchlist(number, watchlist=[stranger])
    assert answer.get_status_code() == 200
    assert [user.user_id for user in ibm.Watchlist.from_dict(answer.get_result()).watchlist] == [bob.user_id]
    assert service.remove_watchlist(number, watchlist=[bob]).get_result() == {"watchlist": []}


def test_it_may_call_the_watchlist_without_a_list(service):
    number = make(service)["number"]
    assert service.add_watchlist(number).get_result() == {"added": [], "failed": []}
    assert service.remove_watchlist(number).get_result() == {"watchlist": []}
    refused(404, service.add_watchlist, "fake-case-number")
    refused(404, service.remove_watchlist, "fake-case-number")


def test_it_adds_a_resource_by_crn_and_by_id(service):
    number = make(service)["number"]
    answer = service.add_resource(number, crn=CRN, note="Test resource")
    assert answer.get_status_code() == 200
    assert ibm.Resource.from_dict(answer.get_result()).crn == CRN
    assert service.add_resource(number, type="server", id=12.0).get_result()["crn"] == "12"
    refused(400, service.add_resource, number, note="neither")
    refused(404, service.add_resource, "fake-case-number", crn=CRN)


def test_it_moves_a_case_through_its_statuses(service):
    number = make(service)["number"]
    resolve = ibm.ResolvePayload(action="resolve", comment="Resolved by a test", resolution_code=1)
    answer = service.update_case_status(number, resolve)
    assert answer.get_status_code() == 200
    assert answer.get_result()["status"] == "Resolved"
    assert ibm.Case.from_dict(answer.get_result()).resolution == "Client error"
    refused(409, service.update_case_status, number, resolve)
    result = service.update_case_status(
        number, ibm.UnresolvePayload(action="unresolve", comment="Reopened")
    ).get_result()
    assert result["status"] == "In Progress"
    refused(409, service.update_case_status, number, ibm.AcceptPayload(action="accept", comment="Fine"))
    refused(404, service.update_case_status, "fake-case-number", resolve)
    refused(400, service.update_case_status, number, {"action": "resolve"})


def test_it_accepts_a_resolution_that_was_provided(server, service):
    key = uuid.uuid4().hex
    case = {"key": key, "subject": subject(), "description": "Test", "stage": "proposed"}
    world = {"version": 1, "tenants": [{"key": "acme", "name": "Acme Lending", "cases": [case]}]}
    number = server.apply(world)["cases"][f"acme/{key}"]["ibm"]
    result = service.update_case_status(number, ibm.AcceptPayload(action="accept")).get_result()
    assert result["status"] == "Resolved"
    assert result["resolution"] == "Solution provided by IBM support engineer"


@pytest.mark.parametrize("number", ["fake-case-number", "invalid-case-num", "CS 1/2", "ünï", "..", "%2F"])
def test_an_unknown_case_is_404(service, number):
    error = refused(404, service.get_case, number)
    assert error.global_transaction_id
    assert json.loads(error.http_response.text)["trace"] == error.global_transaction_id
    assert error.global_transaction_id in str(error)


def test_it_sends_compressed_bodies(service):
    service.set_enable_gzip_compression(True)
    assert service.get_enable_gzip_compression()
    name = subject("Gzip")
    number = make(service, subject=name)["number"]
    assert service.get_case(number, fields=["short_description"]).get_result() == {"short_description": name}
    assert service.add_comment(number, "squeezed").get_result()["value"] == "squeezed"
    file = upload(service, number, b"data", filename="a.txt")
    assert service.download_file(number, file["id"]).get_result().content == b"data"
    result = service.update_case_status(number, ibm.ResolvePayload(action="resolve", resolution_code=1)).get_result()
    assert result["status"] == "Resolved"
    assert service.remove_watchlist(number).get_result() == {"watchlist": []}
    refused(400, service.add_comment, number, "")


def test_its_retries_are_never_set_off(service):
    service.enable_retries(max_retries=3, retry_interval=0.1)
    name = subject("Retries")
    number = make(service, subject=name)["number"]
    for error in (
        refused(400, make, service, subject=""),
        refused(404, service.get_case, "fake-case-number"),
        refused(409, service.update_case_status, number, ibm.AcceptPayload(action="accept")),
    ):
        assert error.http_response.raw.retries.history == ()
    assert service.get_cases(search=name).get_result()["total_count"] == 1


def test_it_is_configured_from_the_environment(server, monkeypatch):
    for key, value in {
        "AUTH_TYPE": "iam",
        "APIKEY": server.secret("acme/alice"),
        "AUTH_URL": f"{server.url}/ibm/identity/token",
        "URL": f"{server.url}/ibm/case-management/v1/",
    }.items():
        monkeypatch.setenv(f"CASE_MANAGEMENT_{key}", value)
    service = CaseManagementV1.new_instance()
    try:
        assert service.get_cases(limit=1).get_status_code() == 200
    finally:
        service.get_http_client().close()


def test_it_may_send_client_credentials_and_a_scope(connections):
    service = connections.of("acme/alice", client_id="bx", client_secret="bx", scope="ibm openid")
    assert service.get_cases(limit=1).get_status_code() == 200


def test_it_uses_one_token_for_many_calls(service):
    service.get_cases(limit=1)
    manager = service.get_authenticator().token_manager
    token = manager.access_token
    assert manager.expire_time > time.time() + 60
    service.get_cases(limit=1)
    assert manager.access_token == token


def test_a_wrong_key_is_refused_by_iam(connections):
    error = refused(400, connections.by_key("not-a-key").get_cases)
    assert "key" in error.message.lower()


def test_a_wrong_token_is_refused_by_the_api(connections):
    service = connections.adopt(CaseManagementV1(authenticator=BearerTokenAuthenticator("not-a-token")))
    refused(401, service.get_cases)


def test_roles_and_tenants_reach_the_client_as_403_and_404(connections, service):
    number = make(service)["number"]
    refused(403, make, connections.of("acme/vera"))
    assert connections.of("acme/vera").get_case(number).get_result()["number"] == number
    refused(403, connections.of("acme/otto").get_cases)
    refused(404, connections.of("globex/gina").get_case, number)
