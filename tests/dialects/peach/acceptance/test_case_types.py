"""Case types, their versions and their custom fields (spec/peach §11, DOMAIN §3)."""

import pytest

from dialects.peach.acceptance.client import BASES, unchanged, word


def field(name, kind="string", **members):
    return {"name": name.title(), "fieldName": name, "dataType": kind, **members}


def test_a_type_is_a_draft_until_it_is_activated(alice):
    body = {"caseType": "generic", "name": word(), "description": "Complaints"}
    made = alice.data("POST", "/case-types", body)
    assert made["object"] == "caseType"
    assert made["id"].startswith("CT-")
    assert {name: made[name] for name in body} == body
    assert (made["status"], made["version"]) == ("draft", 1)
    assert made["companyId"] == alice.ids["tenants"]["acme"]["peach"]
    person = alice.person()["id"]
    alice.refused(400, "POST", f"/people/{person}/cases", {"typeId": made["id"], "name": "n"})
    assert alice.listed(f"/people/{person}/cases") == []


def test_a_case_of_an_active_type_shows_it(alice):
    made = alice.type(caseType="bankruptcy", name=word())
    case = alice.open(typeId=made["id"], courtCaseNumber="24-1").made
    assert (case["caseType"], case["typeId"], case["courtCaseNumber"]) == ("bankruptcy", made["id"], "24-1")
    meta = case["caseTypeMeta"]
    assert (meta["base"], meta["id"], meta["name"]) == ("bankruptcy", made["id"], made["name"])
    assert meta["version"] == made["version"]


def test_a_type_id_and_a_base_may_agree_but_not_differ(alice):
    made = alice.type(caseType="deceased")
    assert alice.open(typeId=made["id"], caseType="deceased").made["typeId"] == made["id"]
    person = alice.person()["id"]
    alice.refused(400, "POST", f"/people/{person}/cases", {"typeId": made["id"], "caseType": "collection", "name": "n"})


def test_a_type_that_does_not_exist_is_refused(alice, gina):
    person = alice.person()["id"]
    for named in ("CT-ZZZZ-ZZZZ", 7):
        answer = alice.send("POST", f"/people/{person}/cases", {"typeId": named, "name": "n"})
        assert answer.status_code in {400, 404}
    assert alice.listed(f"/people/{person}/cases") == []


def test_types_are_listed_with_the_envelope(alice, gina):
    made = alice.type()
    body = alice.ok("GET", "/case-types", params={"limit": 100})
    assert set(body) >= {"status", "total", "count", "data"}
    assert body["count"] == len(body["data"])
    assert made["name"] in [one["name"] for one in body["data"]]
    assert made["name"] not in [one["name"] for one in gina.ok("GET", "/case-types", params={"limit": 100})["data"]]


def test_one_type_is_read_at_both_addresses(alice):
    made = alice.type()
    assert alice.data("GET", f"/case-types/{made['id']}")["name"] == made["name"]
    assert alice.data("GET", f"/case-type/{made['id']}")["name"] == made["name"]
    alice.refused(404, "GET", "/case-types/CT-ZZZZ-ZZZZ")


@pytest.mark.parametrize("base", BASES)
def test_a_type_may_derive_from_each_base(alice, base):
    assert alice.type(caseType=base)["caseType"] == base


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("caseType", "fraud"),
        ("name", "n" * 51),
        ("description", "d" * 501),
        ("status", "running"),
        ("customFieldSchemas", {}),
        ("customFieldSchemas", [{"name": "Nothing"}]),
    ],
)
def test_a_member_out_of_its_range_is_refused(alice, member, value):
    alice.wrong(member, "POST", "/case-types", {"caseType": "generic", "name": word(), member: value})


def test_each_update_is_a_new_version_and_running_cases_keep_theirs(alice):
    first = alice.type(name=word())
    case = alice.open(typeId=first["id"])
    renamed = word()
    second = alice.data("PUT", f"/case-types/{first['id']}", {"name": renamed, "status": "active"})
    assert (second["version"], second["name"], second["status"]) == (first["version"] + 1, renamed, "active")
    kept = case.get()["caseTypeMeta"]
    assert (kept["version"], kept["name"]) == (first["version"], first["name"])
    newer = alice.open(typeId=second["id"]).made["caseTypeMeta"]
    assert (newer["version"], newer["name"]) == (second["version"], renamed)


def test_a_deprecated_type_makes_no_case(alice):
    made = alice.type()
    case = alice.open(typeId=made["id"])
    gone = alice.data("PUT", f"/case-types/{made['id']}", {"status": "deprecated"})
    assert gone["status"] == "deprecated"
    for named in {made["id"], gone["id"]}:
        alice.refused(400, "POST", f"/people/{case.person}/cases", {"typeId": named, "name": "n"})
    assert case.put(name="Still running")["name"] == "Still running"


def test_a_copy_of_a_type_is_a_type_of_its_own(alice):
    model = alice.type(caseType="bankruptcy", customFieldSchemas=[field("court")])
    made = alice.data("POST", "/case-types", {"copyOf": model["id"], "name": word()})
    assert made["id"] != model["id"]
    assert made["caseType"] == "bankruptcy"
    assert made["derivedFromTypeId"] == model["id"]
    assert [one["fieldName"] for one in made["customFieldSchemas"]] == ["court"]


@pytest.fixture(scope="module")
def form(alice):
    """A type with custom fields of several kinds."""
    mark = word()[-6:]
    names = {kind: f"{kind}{mark}" for kind in ("city", "size", "color", "open")}
    schemas = [
        field(names["city"], required=True, validation={"length": 10}),
        field(names["size"], "integer", validation={"minValue": 1, "maxValue": 5}),
        field(names["color"], validation={"enum": ["red", "blue"]}),
        field(names["open"], "boolean"),
    ]
    return alice.type(customFieldSchemas=schemas)["id"], names


def custom(names, **values):
    return {names[kind]: value for kind, value in values.items()}


def test_custom_fields_are_kept_and_merged_by_name(alice, form):
    kind, names = form
    given = custom(names, city="Berlin", size=3, color="red", open=True)
    case = alice.open(typeId=kind, customFields=given)
    assert case.get()["customFields"] == given
    after = case.put(customFields=custom(names, size=5))
    assert after["customFields"] == given | custom(names, size=5)
    unchanged(after, case.put(customFields=after["customFields"]))
    assert names["color"] not in {
        name
        for name, value in case.put(customFields=custom(names, color=None))["customFields"].items()
        if value is not None
    }


@pytest.mark.parametrize(
    "values",
    [{"size": 0}, {"size": 6}, {"size": "three"}, {"color": "green"}, {"open": "yes"}, {"city": "x" * 11}, {"city": 7}],
    ids=str,
)
def test_a_custom_field_out_of_its_range_is_refused(alice, form, values):
    kind, names = form
    person = alice.person()["id"]
    body = {"typeId": kind, "name": "n", "customFields": custom(names, **{"city": "Bonn", **values})}
    told = alice.refused(400, "POST", f"/people/{person}/cases", body)
    assert names[next(iter(values))] in str(told["errors"])
    case = alice.open(person, typeId=kind, customFields=custom(names, city="Bonn"))
    told = case.not_put(customFields=custom(names, **values))
    assert names[next(iter(values))] in str(told["errors"])
    unchanged(case.made, case.get())


def test_a_required_custom_field_is_needed_and_not_taken_away(alice, form):
    kind, names = form
    person = alice.person()["id"]
    for fields in ({}, custom(names, size=2)):
        body = {"typeId": kind, "name": "n", "customFields": fields}
        alice.refused(400, "POST", f"/people/{person}/cases", body)
    case = alice.open(person, typeId=kind, customFields=custom(names, city="Bonn"))
    case.not_put(customFields=custom(names, city=None))
    assert case.put(name="Renamed")["customFields"] == case.made["customFields"]


def test_a_custom_field_that_the_type_does_not_have_is_refused(alice, form):
    kind, names = form
    person = alice.person()["id"]
    given = {**custom(names, city="Bonn"), word(): 1}
    alice.refused(400, "POST", f"/people/{person}/cases", {"typeId": kind, "name": "n", "customFields": given})
    case = alice.open(person)
    case.not_put(customFields={word(): 1})


def test_people_without_administration_make_no_types(bob):
    bob.refused(403, "POST", "/case-types", {"caseType": "generic", "name": word()})
