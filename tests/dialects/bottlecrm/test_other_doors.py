"""The same case behind the IBM door: what each shows of what the other wrote (DOMAIN §1-3)."""

import httpx
import pytest

from dialects.bottlecrm.client import OPENED, unique

CASES = "/ibm/case-management/v1/cases"


class Ibm:
    def __init__(self, server, user):
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": server.secret(user)}
        token = httpx.post(f"{server.url}/ibm/identity/token", data=form).json()["access_token"]
        self.http = httpx.Client(base_url=server.url + CASES, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        OPENED.append(self.http)

    def open(self, **members):
        body = {"type": "sales", "subject": unique("IBM"), "description": "d", **members}
        answer = self.http.post("", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def find(self, name):
        (case,) = self.http.get("", params={"search": name}).json()["cases"]
        return case


@pytest.fixture(scope="module")
def ibm(server):
    return Ibm(server, "acme/alice")


@pytest.mark.parametrize(
    ("status", "shown"),
    [("New", "New"), ("In Progress", "In Progress"), ("On Hold", "Waiting on Client"), ("Closed", "Closed")],
)
def test_a_status_written_here_reads_there(alice, ibm, status, shown):
    name = unique("Status")
    alice.open(name, status=status)
    assert ibm.find(name)["status"] == shown


@pytest.mark.parametrize(("severity", "priority"), [(1, "Critical"), (2, "High"), (3, "Normal"), (4, "Low")])
def test_a_severity_written_there_reads_here(alice, ibm, severity, priority):
    name = ibm.open(severity=severity)["short_description"]
    (case,) = alice.page(name=name)["results"]
    assert case["priority"] == priority


def test_a_resolved_case_reads_closed_and_writing_closed_changes_nothing(alice, ibm):
    made = ibm.open()
    ibm.http.put(f"/{made['number']}/status", json={"action": "resolve", "resolution_code": 1, "comment": "Done"})
    (case,) = alice.page(name=made["short_description"])["results"]
    assert case["status"] == "Closed"
    assert case["closed_on"] is not None
    before = ibm.http.get(f"/{made['number']}").json()
    assert alice.put(case["id"], status="Closed", name=case["name"]) == case
    assert ibm.http.get(f"/{made['number']}").json() == before
    assert case["id"] in alice.listed(resolution_status="closed")


@pytest.mark.parametrize(
    ("category", "shown"),
    [("billing_and_invoice", "Billing"), ("account_and_access", "General"), ("sales", "General")],
)
def test_a_type_written_there_reads_here(alice, ibm, category, shown):
    name = ibm.open(type=category)["short_description"]
    (case,) = alice.page(name=name)["results"]
    assert case["case_type"] == shown
    assert alice.listed(name=name, case_type=shown) == [case["id"]]
    assert alice.put(case["id"], case_type=shown) == case


def test_internal_comments_stay_inside_and_public_ones_do_not(alice, ibm):
    name = unique("Audience")
    case = alice.open(name)["id"]
    alice.comment(case, "Inside")
    alice.comment(case, "Outside", is_internal=False)
    assert [comment["value"] for comment in ibm.find(name)["comments"]] == ["Outside"]


def test_a_comment_made_there_is_public_here(alice, ibm):
    made = ibm.open()
    ibm.http.put(f"/{made['number']}/comments", json={"comment": "From there"})
    (case,) = alice.page(name=made["short_description"])["results"]
    (comment,) = alice.detail(case["id"])["comments"]
    assert (comment["comment"], comment["is_internal"]) == ("From there", False)


def test_an_edit_here_leaves_what_only_ibm_can_say(alice, ibm):
    made = ibm.open(type="billing_and_invoice", invoice_number="I-1")
    (case,) = alice.page(name=made["short_description"])["results"]
    alice.put(case["id"], description="Other", priority="High")
    after = ibm.http.get(f"/{made['number']}").json()
    assert (after["invoice_number"], after["description"], after["severity"]) == ("I-1", "Other", 2)


def test_long_names_are_returned_whole(server, alice):
    name = unique("long") + "x" * 900
    server.apply(
        {
            "tenants": [
                {
                    "key": "acme",
                    "name": "Acme Lending",
                    "cases": [{"key": unique("k").replace(" ", ""), "subject": name, "description": "d"}],
                }
            ]
        }
    )
    (case,) = alice.page(name=name[:40])["results"]
    assert case["name"] == name
    assert alice.put(case["id"], description="Other")["name"] == name
