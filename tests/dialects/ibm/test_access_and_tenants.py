"""Who may do what: roles, restricted users, customers, watchers, tenant walls. facts.md §8; DOMAIN §6."""

import pytest

from dialects.ibm.client import (
    FILE_ID,
    ON_ONE_CASE,
    OPERATIONS,
    READS,
    WRITES,
    found_tenant,
    place_case,
    spoken,
    unique,
    user_ref,
)
from dialects.ibm.shapes import assert_refused


def attempt(door, operation, number, file_id=FILE_ID):
    """One operation on that case, well-formed throughout, so that only access can be at fault."""
    method, path, body = operation
    path = path.format(number=number).replace(FILE_ID, file_id)
    if method == "PUT" and path.endswith("/attachments"):
        return door.request(method, path, files={"file": ("a.txt", b"data", "text/plain")})
    return door.request(method, path, json=body) if body is not None else door.request(method, path)


@pytest.fixture
def stocked(alice):
    """A case of Alice's with a comment and a file."""
    number = alice.open()["number"]
    alice.comment(number, "A comment")
    return number, alice.upload(number, b"data", "a.txt")["id"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=spoken)
@pytest.mark.parametrize("who", ["alice", "bob", "sid"])
def test_admins_agents_and_machines_may_do_everything(doors, stocked, who, operation):
    answer = attempt(doors.of(f"acme/{who}"), operation, *stocked)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("operation", READS, ids=spoken)
def test_a_viewer_may_list_and_read(vera, stocked, operation):
    assert attempt(vera, operation, *stocked).status_code == 200


@pytest.mark.parametrize("operation", WRITES, ids=spoken)
def test_a_viewer_may_not_write(alice, vera, stocked, operation):
    before = alice.case(stocked[0])
    assert_refused(attempt(vera, operation, *stocked), 403)
    assert alice.case(stocked[0]) == before


@pytest.mark.parametrize("operation", OPERATIONS, ids=spoken)
def test_an_operator_may_do_nothing(alice, otto, stocked, operation):
    before = alice.case(stocked[0])
    assert_refused(attempt(otto, operation, *stocked), 403)
    assert alice.case(stocked[0]) == before


@pytest.mark.parametrize("operation", ON_ONE_CASE, ids=spoken)
@pytest.mark.parametrize("who", ["acme/rita", "acme/carl", "globex/gina", "globex/gus"])
def test_what_one_may_not_see_does_not_exist(doors, alice, stocked, who, operation):
    before = alice.case(stocked[0])
    unseen = attempt(doors.of(who), operation, *stocked)
    unknown = attempt(doors.of(who), operation, "CS9999999")
    refused, missing = assert_refused(unseen, 404), assert_refused(unknown, 404)
    assert refused["errors"][0]["code"] == missing["errors"][0]["code"]
    assert alice.case(stocked[0]) == before


@pytest.mark.parametrize("operation", OPERATIONS, ids=spoken)
@pytest.mark.parametrize("who", ["rita", "carl"])
def test_restricted_users_and_customers_do_everything_on_their_own(doors, who, operation):
    door = doors.of(f"acme/{who}")
    number = door.open()["number"]
    file_id = door.upload(number, b"data", "a.txt")["id"]
    assert attempt(door, operation, number, file_id).status_code == 200


@pytest.mark.parametrize("operation", ON_ONE_CASE, ids=spoken)
@pytest.mark.parametrize("who", ["rita", "carl"])
def test_watching_gives_reading_and_writing_on_that_case(doors, alice, stocked, who, operation):
    alice.watch(stocked[0], user_ref(doors.server, f"acme/{who}"))
    assert attempt(doors.of(f"acme/{who}"), operation, *stocked).status_code == 200


def test_restricted_users_list_what_they_opened_or_watch_or_were_given(server, alice, rita):
    word = unique("Reach")
    own = rita.open(f"{word} own")["number"]
    watched = alice.open(f"{word} watched", watchlist=[user_ref(server, "acme/rita")])["number"]
    assigned = place_case(server, subject=f"{word} assigned", assignees=["rita"])
    alice.open(f"{word} none of hers")
    assert sorted(rita.numbers(search=word)) == sorted([own, watched, assigned])
    assert rita.cases(search=word)["total_count"] == 3
    assert alice.cases(search=word)["total_count"] == 4


def test_customers_list_only_what_they_opened_or_watch(server, alice, bob, carl):
    word = unique("Reach")
    own = carl.open(f"{word} own")["number"]
    watched = alice.open(f"{word} watched", watchlist=[user_ref(server, "acme/carl")])["number"]
    bob.open(f"{word} none of his")
    assert sorted(carl.numbers(search=word)) == sorted([own, watched])
    assert carl.cases(search=word)["total_count"] == 2


def test_two_customers_do_not_see_each_other(server, doors):
    tenant = found_tenant(
        server,
        users=[{"key": name, "name": name, "kind": "customer", "roles": ["customer"]} for name in ("cleo", "cody")],
    )
    cleo, cody = (doors.by_key(tenant.secrets[name]) for name in ("cleo", "cody"))
    number = cleo.open()["number"]
    assert cleo.numbers() == [number]
    assert cody.cases()["total_count"] == 0
    assert_refused(cody.request("GET", f"/cases/{number}"), 404)


@pytest.mark.parametrize("who", ["alice", "bob", "vera", "rita", "carl", "sid"])
def test_what_is_listed_can_be_read_and_the_rest_cannot(server, doors, alice, who):
    word = unique("Agreement")
    mine = [{"watchlist": [user_ref(server, f"acme/{who}")]}, {}]
    numbers = [alice.open(f"{word} {n}", **members)["number"] for n, members in enumerate(mine)]
    door = doors.of(f"acme/{who}")
    listed = set(door.numbers(search=word))
    for number in numbers:
        answer = door.request("GET", f"/cases/{number}")
        assert (answer.status_code == 200) == (number in listed)
    assert len(listed) == (1 if who in {"rita", "carl"} else 2)


def test_a_tenant_lists_and_counts_only_its_own(server, doors, alice):
    tenant = found_tenant(server, cases=[{"subject": "Ours"}])
    ann = doors.by_key(tenant.secrets["ann"])
    alice.open("Theirs")
    assert ann.numbers() == tenant.numbers()
    assert ann.cases()["total_count"] == 1


def test_equal_numbers_of_two_tenants_are_two_cases(server, doors):
    one, two = (found_tenant(server, cases=[{"subject": f"Of {name}"}]) for name in ("one", "two"))
    assert one.numbers() == two.numbers()
    [number] = one.numbers()
    ann, other = (doors.by_key(tenant.secrets["ann"]) for tenant in (one, two))
    assert ann.case(number)["short_description"] == "Of one"
    ann.comment(number, "Only here")
    assert other.case(number)["short_description"] == "Of two"
    assert other.comments(number) == []


def test_one_tenants_file_cannot_be_fetched_under_anothers_case(gina, stocked):
    number = gina.open()["number"]
    assert_refused(gina.download(number, stocked[1]), 404)
    assert_refused(gina.request("DELETE", f"/cases/{number}/attachments/{stocked[1]}"), 404)


def test_nothing_of_one_tenant_shows_the_volume_of_another(server, doors, alice):
    tenant = found_tenant(server)
    ann = doors.by_key(tenant.secrets["ann"])
    first = int(ann.open()["number"].removeprefix("CS"))
    for _ in range(3):
        alice.open()
    assert int(ann.open()["number"].removeprefix("CS")) == first + 1


def test_an_agent_of_a_team_sees_its_cases_though_restricted(server, doors):
    tenant = found_tenant(
        server,
        users=[{"key": "ria", "name": "Ria", "roles": ["restricted"]}],
        teams=[{"key": "desk", "name": "Desk", "members": ["ria"], "kind": "static"}],
        cases=[{"teams": ["desk"]}, {}],
    )
    assert doors.by_key(tenant.secrets["ria"]).numbers() == tenant.numbers()[:1]
