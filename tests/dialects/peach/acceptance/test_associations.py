"""Operations 7 and 8: links from a case to other objects (spec/peach §7)."""

import pytest

from dialects.peach.acceptance.client import word


def document(door, person, **members):
    return door.data("POST", f"/people/{person}/documents", {"type": "evidence", **members})


def interaction(door, person, **members):
    return door.data("POST", f"/people/{person}/interactions", {"channel": "email", "subject": "Hello", **members})


def loan(door):
    key = word()
    thing = {"key": key, "kind": "loan", "person": "kit", "external_id": key}
    made = door.server.apply({"tenants": [{"key": "acme", "objects": [thing]}]})
    return made["objects"][f"acme/{key}"]["peach"], key


@pytest.fixture
def full(alice):
    """A case with one link of each kind, and the links by kind."""
    case = alice.open()
    found = {
        "document": document(alice, case.person)["id"],
        "case": alice.open().id,
        "interaction": interaction(alice, case.person)["id"],
        "loan": loan(alice)[0],
    }
    for kind, target in found.items():
        case.link(kind, target)
    return case, found


def test_every_kind_of_object_is_linked_and_shown_on_request(full):
    case, found = full
    assert case.get()["associations"] is None
    assert sorted(case.links("all")) == sorted(found.items())
    for kind, target in found.items():
        assert case.links(f"{kind}s") == [(kind, target)]


def test_a_case_without_links_shows_an_empty_list_when_asked(alice):
    assert alice.open().get(associations="all")["associations"] == []


def test_linking_is_a_change_below_the_case(alice, bob):
    case, other = alice.open(), alice.open()
    body = {"objectType": "case", "objectId": other.id, "relation": "related"}
    bob.done("POST", f"{case.path}/associations", body)
    after = case.get()
    assert after["lastSubresourceUpdatedAt"] > (case.made["lastSubresourceUpdatedAt"] or "")
    assert after["lastSubresourceUpdatedBy"]["id"] == alice.ids["users"]["acme/bob"]["peach"]
    assert after["updatedAt"] == case.made["updatedAt"]


def test_linking_again_changes_nothing(alice):
    case, other = alice.open(), alice.open()
    case.link("case", other.id)
    before = case.get()
    case.link("case", other.id)
    case.link("case", other.id, relation="related")
    assert case.get() == before
    assert case.links() == [("case", other.id)]


def test_links_are_one_way(alice):
    case, other = alice.open(), alice.open()
    case.link("case", other.id)
    assert other.links() == []
    other.link("case", case.id)
    assert other.links() == [("case", case.id)]
    alice.done("DELETE", f"{case.path}/associations/case/{other.id}")
    assert case.links() == []
    assert other.links() == [("case", case.id)]
    alice.done("DELETE", f"{other.path}/associations/case/{case.id}")
    assert other.links() == []


def test_the_other_direction_is_not_there_to_be_removed(alice):
    case, other = alice.open(), alice.open()
    case.link("case", other.id)
    alice.refused(404, "DELETE", f"{other.path}/associations/case/{case.id}")
    assert case.links() == [("case", other.id)]


def test_external_ids_name_targets(alice):
    case, other = alice.open(), alice.open(externalId=word())
    loan_id, loan_ext = loan(alice)
    case.link("case", f"ext-{other.made['externalId']}")
    case.link("loan", f"ext-{loan_ext}")
    assert sorted(case.links()) == sorted([("case", other.id), ("loan", loan_id)])
    alice.done("DELETE", f"{case.path}/associations/case/ext-{other.made['externalId']}")
    alice.done("DELETE", f"{case.path}/associations?objectType=loan&objectId=ext-{loan_ext}")
    assert case.links() == []


@pytest.mark.parametrize(
    "address",
    ["associations/{kind}/{target}", "associations/{target}", "associations?objectType={kind}&objectId={target}"],
)
@pytest.mark.parametrize("kind", ["document", "case", "interaction", "loan"])
def test_a_link_is_removed_at_each_address(alice, full, address, kind):
    case, found = full
    path = f"{case.path}/{address.format(kind=kind, target=found[kind])}"
    alice.done("DELETE", path)
    assert (kind, found[kind]) not in case.links()
    assert len(case.links()) == 3
    alice.refused(404, "DELETE", path)


def test_a_removal_is_a_change_below_the_case(alice, full):
    case, found = full
    before = case.get()
    alice.done("DELETE", f"{case.path}/associations/loan/{found['loan']}")
    after = case.get()
    assert after["lastSubresourceUpdatedAt"] > before["lastSubresourceUpdatedAt"]
    assert after["updatedAt"] == before["updatedAt"]


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"objectType": "person", "objectId": "BO-0000-0001"}, "objectType"),
        ({"objectId": "CS-0000-0001"}, "objectType"),
        ({"objectType": "case"}, "objectId"),
        ({"objectType": "case", "objectId": None}, "objectId"),
        ({"objectType": None, "objectId": "CS-0000-0001"}, "objectType"),
        ({"objectType": "case", "objectId": "CS-0000-0001", "relation": "parent"}, "relation"),
    ],
)
def test_a_link_of_an_unknown_form_is_refused(alice, body, member):
    case = alice.open()
    alice.wrong(member, "POST", f"{case.path}/associations", body)
    assert case.links() == []


def test_a_case_is_not_linked_to_itself(alice):
    case = alice.open(externalId=word())
    case.not_do("associations", objectType="case", objectId=case.id)
    case.not_do("associations", objectType="case", objectId=f"ext-{case.made['externalId']}")
    assert case.links() == []


@pytest.mark.parametrize(
    ("kind", "prefix"), [("case", "CS"), ("document", "DC"), ("interaction", "IN"), ("loan", "LN")]
)
def test_a_target_that_is_not_there_is_404(alice, kind, prefix):
    case = alice.open()
    case.not_do("associations", 404, objectType=kind, objectId=f"{prefix}-ZZZZ-ZZZZ")
    case.not_do("associations", 404, objectType=kind, objectId=f"ext-{word()}")
    alice.refused(404, "DELETE", f"{case.path}/associations/{kind}/{prefix}-ZZZZ-ZZZZ")
    assert case.links() == []


def test_a_target_of_another_kind_is_404(alice):
    case = alice.open()
    made = document(alice, case.person)["id"]
    case.not_do("associations", 404, objectType="loan", objectId=made)
    assert case.links() == []


def test_a_target_of_another_company_is_404(alice, gina):
    own = word()
    gina.open(externalId=own)
    case = alice.open()
    case.not_do("associations", 404, objectType="case", objectId=f"ext-{own}")
    assert case.links() == []


def test_an_unknown_kind_in_a_removal_is_refused(alice):
    case = alice.open()
    for path in ("associations/person/BO-0000-0001", "associations?objectType=person&objectId=BO-0000-0001"):
        alice.refused(400, "DELETE", f"{case.path}/{path}")


def test_a_linked_case_survives_the_link(alice):
    case, other = alice.open(), alice.open()
    case.link("case", other.id)
    alice.done("DELETE", f"{case.path}/associations/{other.id}")
    assert other.get()["id"] == other.id


def test_documents_and_interactions_of_a_borrower_read_back(alice):
    person = alice.person()["id"]
    made = document(alice, person, type="caseDocument")
    assert made["type"] == "caseDocument"
    assert made["id"].startswith("DC-")
    assert [one["id"] for one in alice.ok("GET", f"/people/{person}/documents")["data"]] == [made["id"]]
    talk = interaction(alice, person)
    assert talk["id"].startswith("IN-")
    assert talk["channel"] == "email"
    other = alice.person()["id"]
    assert alice.ok("GET", f"/people/{other}/documents")["data"] == []
