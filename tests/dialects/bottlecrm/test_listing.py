"""Filters and orders of the list (spec/bottlecrm §1, §8.1-3)."""

import itertools

import pytest

from dialects.bottlecrm.client import MALFORMED, NOBODY, word

STATUSES = ["New", "In Progress", "On Hold", "Closed"]
PRIORITIES = ["Low", "Normal", "High", "Critical"]
TYPES = ["Technical", "Billing", "General", "Bug Report", "Feature Request", None]


@pytest.fixture(scope="module")
def mark():
    return word()


@pytest.fixture(scope="module")
def grid(alice, mark):
    """One case for each status and priority, their types in turn, by (status, priority)."""
    types = itertools.cycle(TYPES)
    return {
        (status, priority): alice.open(
            f"{mark} {status} {priority}", status=status, priority=priority, case_type=next(types)
        )
        for status in STATUSES
        for priority in PRIORITIES
    }


def found(door, grid, mark, **query):
    page = door.page(name=mark, limit=100, **query)
    assert page["count"] == len(page["results"])
    listed = {case["id"] for case in page["results"]}
    return {key for key, case in grid.items() if case["id"] in listed}


def where(grid, test):
    return {key for key, case in grid.items() if test(case)}


def test_the_envelope_has_these_members_and_no_others(alice, grid):
    page = alice.page(limit=1)
    assert set(page) == {"count", "next", "previous", "results"}
    assert set(page["results"][0]) == {
        "id", "name", "description", "status", "priority", "case_type", "account", "contacts", "assigned_to", "teams",
        "created_on", "created_by", "closed_on", "org",
    }  # fmt: skip


def test_listed_and_got_are_the_same(alice, grid, mark):
    for case in alice.page(name=mark, limit=100)["results"]:
        assert alice.case(case["id"]) == case


# ---- name


def test_name_is_a_part_in_any_case_of_letters(alice, mark):
    case = alice.open(f"Über {mark}x Login Issues - ACME Corp")["id"]
    for part in (
        f"{mark}x login",
        f"{mark}X LOGIN ISSUES",
        f"{mark}x Login Issues - ACME Corp",
        f"ber {mark}x",
        f"ÜBER {mark}x",
    ):
        assert alice.listed(name=part) == [case], part


@pytest.mark.parametrize("wild", ["%", "_", "\\", "*", "'"])
def test_name_takes_wild_cards_literally(alice, wild):
    token = word()
    case = alice.open(f"{token}{wild}end")["id"]
    alice.open(f"{token}xend")
    assert alice.listed(name=f"{token}{wild}") == [case]
    assert alice.listed(name=f"{token}{wild}{wild}") == []


def test_name_looks_at_names_only(alice):
    token = word()
    case = alice.open(description=token)
    alice.comment(case["id"], token)
    assert alice.listed(name=token) == []


def test_name_does_not_look_at_numbers(alice, server):
    number = server.ids["cases"]["acme/first"]["number"]
    first = server.ids["cases"]["acme/first"]["bottlecrm"]
    assert first not in alice.listed(name=f"cs{number:07d}")


def test_a_name_that_nothing_has_gives_an_empty_page(alice):
    assert alice.page(name=word()) == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("name", ["\x00", "a\x00", "\ud800"])
def test_a_name_that_nothing_can_have_is_no_server_error(alice, name):
    answer = alice.request(
        "GET", "/api/cases/?name=" + "".join(f"%{b:02X}" for b in name.encode(errors="surrogatepass"))
    )
    assert answer.status_code == 200


def test_a_changed_name_is_found_and_the_old_one_is_not(alice):
    old, new = word(), word()
    case = alice.open(old)["id"]
    alice.put(case, name=new)
    assert alice.listed(name=new) == [case]
    assert alice.listed(name=old) == []


# ---- status, priority, type


@pytest.mark.parametrize("status", STATUSES)
def test_status_whole(alice, grid, mark, status):
    assert found(alice, grid, mark, status=status) == where(grid, lambda case: case["status"] == status)


@pytest.mark.parametrize(
    ("part", "statuses"),
    [
        ("progress", {"In Progress"}),
        ("HOLD", {"On Hold"}),
        ("n", {"New", "In Progress", "On Hold"}),
        ("o", {"In Progress", "On Hold", "Closed"}),
    ],
)
def test_status_in_parts(alice, grid, mark, part, statuses):
    assert found(alice, grid, mark, status=part) == where(grid, lambda case: case["status"] in statuses)


@pytest.mark.parametrize("priority", PRIORITIES)
def test_priority_whole(alice, grid, mark, priority):
    assert found(alice, grid, mark, priority=priority) == where(grid, lambda case: case["priority"] == priority)


@pytest.mark.parametrize(
    ("part", "priorities"), [("crit", {"Critical"}), ("L", {"Low", "Normal", "Critical"}), ("igh", {"High"})]
)
def test_priority_in_parts(alice, grid, mark, part, priorities):
    assert found(alice, grid, mark, priority=part) == where(grid, lambda case: case["priority"] in priorities)


@pytest.mark.parametrize("case_type", TYPES[:-1])
def test_type_whole(alice, grid, mark, case_type):
    assert found(alice, grid, mark, case_type=case_type) == where(grid, lambda case: case["case_type"] == case_type)


@pytest.mark.parametrize(
    ("part", "types"),
    [("bug", {"Bug Report"}), ("RE", {"Bug Report", "Feature Request"}), ("l", {"Technical", "Billing", "General"})],
)
def test_type_in_parts(alice, grid, mark, part, types):
    assert found(alice, grid, mark, case_type=part) == where(grid, lambda case: case["case_type"] in types)


@pytest.mark.parametrize("name", ["status", "priority", "case_type"])
@pytest.mark.parametrize("text", ["nonsense", "%", "_", "Assigned", "Urgent", "Incident"])
def test_a_text_that_nothing_has_gives_an_empty_page(alice, name, text):
    assert alice.page(**{name: text}) == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize(
    "name", ["name", "status", "priority", "case_type", "assigned_to", "account", "resolution_status", "is_closed"]
)
def test_an_empty_filter_filters_nothing(alice, grid, mark, name):
    query = {"name": mark, "limit": 100} | {name: ""}
    expected = alice.page(limit=1)["count"] if name == "name" else len(grid)
    assert alice.page(**query)["count"] >= expected


# ---- people


def test_assigned_to(alice):
    rita, bob, mona = alice.id("users", "acme/rita"), alice.id("users", "acme/bob"), word()
    both = alice.open(mona, assigned_to=[bob, rita])["id"]
    one = alice.open(mona, assigned_to=[rita])["id"]
    none = alice.open(mona)["id"]
    assert alice.listed(name=mona, assigned_to=rita) == [one, both]
    assert alice.listed(name=mona, assigned_to=bob) == [both]
    assert alice.listed(name=mona, assigned_to=bob.upper()) == [both]
    assert alice.listed(name=mona, assigned_to=[bob, rita]) == [one, both]
    assert none not in alice.listed(assigned_to=bob)


def test_assigned_to_is_not_created_by(alice, bob):
    case = bob.open()["id"]
    assert case not in alice.listed(assigned_to=alice.id("users", "acme/bob"))


def test_account(alice):
    token, account = word(), alice.id("organizations", "acme/acme-corp")
    with_one = alice.open(token, account=account)["id"]
    alice.open(token)
    assert alice.listed(name=token, account=account) == [with_one]


@pytest.mark.parametrize("name", ["assigned_to", "account"])
def test_an_unknown_id_gives_an_empty_page(alice, name):
    assert alice.page(**{name: NOBODY}) == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("name", ["assigned_to", "account"])
@pytest.mark.parametrize("text", [MALFORMED, "1", "' or 1=1", "null"])
def test_a_malformed_id_is_400_and_named(alice, name, text):
    assert set(alice.wrong("GET", "/api/cases/", params={name: text})) == {name}


def test_every_wrong_parameter_is_named(alice):
    query = {"assigned_to": "x", "account": "y", "resolution_status": "z", "is_closed": "q"}
    assert set(alice.wrong("GET", "/api/cases/", params=query)) == set(query)


def test_an_id_of_another_organization_gives_an_empty_page(alice, server):
    gina = server.ids["users"]["globex/gina"]["bottlecrm"]
    assert alice.page(assigned_to=gina)["count"] == 0


# ---- open and closed


@pytest.mark.parametrize("query", [{"resolution_status": "closed"}, {"is_closed": "true"}, {"is_closed": "True"}])
def test_closed(alice, grid, mark, query):
    assert found(alice, grid, mark, **query) == where(grid, lambda case: case["status"] == "Closed")


@pytest.mark.parametrize("query", [{"resolution_status": "open"}, {"is_closed": "false"}])
def test_open(alice, grid, mark, query):
    assert found(alice, grid, mark, **query) == where(grid, lambda case: case["status"] != "Closed")


@pytest.mark.parametrize(("name", "text"), [("resolution_status", "shut"), ("is_closed", "maybe")])
def test_other_words_for_open_and_closed_are_400(alice, name, text):
    assert set(alice.wrong("GET", "/api/cases/", params={name: text})) == {name}


# ---- together


def test_filters_combine_with_and(alice, grid, mark):
    assert found(alice, grid, mark, status="In Progress", priority="High") == {("In Progress", "High")}
    assert found(alice, grid, mark, status="Closed", resolution_status="open") == set()
    assert found(alice, grid, mark, status="o", is_closed="false", priority="low") == {
        ("In Progress", "Low"), ("On Hold", "Low"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values"),
    [("status", ["New", "Closed"]), ("priority", ["Low", "Critical"]), ("case_type", ["Technical", "Bug Report"])],
)
def test_values_of_one_filter_combine_with_or(alice, grid, mark, name, values):
    assert found(alice, grid, mark, **{name: values}) == where(grid, lambda case: case[name] in values)


def test_names_combine_with_or(alice):
    one, other = word(), word()
    cases = [alice.open(one)["id"], alice.open(other)["id"]]
    assert alice.listed(name=[one, other]) == cases[::-1]
    assert alice.listed(name=[one, word()]) == cases[:1]


def test_unknown_parameters_are_ignored(alice, grid, mark):
    assert found(alice, grid, mark, tag="x", org="y") == set(grid)


# ---- order


def test_the_newest_come_first(alice, grid, mark):
    listed = alice.listed(name=mark)
    made = [case["id"] for case in grid.values()]
    assert [case for case in listed if case in made] == made[::-1]


def test_equal_times_are_ordered_by_id_descending(server, alice):
    token = word()
    cases = [
        {
            "key": f"{token}{n}",
            "subject": token,
            "description": "…",
            "created_at": "2024-03-01T08:00:00Z",
            "updated_at": "2024-03-01T08:00:00Z",
        }
        for n in range(5)
    ]
    server.apply({"tenants": [{"key": "acme", "name": "Acme Lending", "cases": cases}]})
    listed = alice.listed(name=token)
    assert listed == sorted(listed, reverse=True)
    assert len(listed) == 5


RANK = {priority: rank for rank, priority in enumerate(PRIORITIES)}


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("created_at", lambda case: case["created_on"]),
        ("name", lambda case: case["name"].lower()),
        ("id", lambda case: case["id"]),
        ("priority", lambda case: RANK[case["priority"]]),
    ],
)
def test_ordering(alice, grid, mark, sign, name, key):  # noqa: PLR0917 - three fixtures and three parameters
    keys = [key(case) for case in alice.page(name=mark, limit=100, ordering=sign + name)["results"]]
    assert keys == sorted(keys, reverse=sign == "-")
    assert len(keys) >= len(grid)


@pytest.mark.parametrize("ordering", ["", "nonsense", "status", "created_on", "--name"])
def test_other_orderings_are_ignored(alice, grid, mark, ordering):
    assert alice.listed(name=mark, ordering=ordering) == alice.listed(name=mark)
