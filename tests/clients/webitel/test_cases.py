"""Cases through the generated functions and the classes of webitel-sdk (spec/webitel §2.1, §3, §5)."""

import csv
import io

import pytest

from casework.dialects.webitel import etag
from clients.webitel.shop import ids, ref, unique

WRITERS = ["gen.getCases.updateCase", "gen.getCases.updateCase2", "sdk.CasesApi.updateCase", "sdk.CasesApi.updateCase2"]


def write(client, call, case, **changes):
    """Update with a generated function, whose path is the placeholder, or with webitel-sdk, whose path is right."""
    if call.startswith("gen."):
        return client(call, {"etag": case["etag"], **changes})
    return client(call, case["etag"], changes)


def test_a_case_takes_what_the_chain_of_its_service_gives(premises, root):
    case = root("gen.getCases.createCase", premises.new(subject="Chain", description="d", contactInfo="c", rating="3"))
    assert case["name"] == f"IT_{case['id']}"
    assert etag.decode(case["etag"], "case").version == 0
    assert case["etag"] == etag.encode("case", int(case["id"]), 0)
    assert (case["contact_info"], case["rating"]) == ("c", "3")
    assert case["priority"] == {"id": premises.usual["id"], "name": "Usual", "color": "blue"}
    assert case["status"] == {"id": premises.status["id"], "name": "Flow"}
    assert case["status_condition"]["id"] == premises.fresh["id"]
    assert case["status_condition"]["initial"] is True
    assert case["close_reason_group"] == {"id": premises.reasons["id"], "name": "Standard"}
    assert case["sla"] == {"id": premises.sla["id"], "name": "Gold"}
    assert "sla_condition" not in case
    assert case["source"] == {"id": premises.source["id"], "name": "Web form", "type": "API"}
    assert [parent["id"] for parent in case["service"]["service"]] == [premises.catalog["id"]]
    minute = 60_000
    made = int(case["created_at"]) // minute * minute
    assert int(case["planned_reaction_at"]) == made + 30 * minute
    assert int(case["planned_resolve_at"]) == made + 480 * minute
    shown = premises.at_ibm(case["id"])
    assert (shown["short_description"], shown["description"]) == ("Chain", "d")


def test_a_condition_of_the_sla_gives_its_times(premises):
    case = premises.case(priority=ref(premises.urgent))
    assert case["sla_condition"] == {"id": premises.sla_condition["id"], "name": "Urgent ones"}
    assert int(case["planned_resolve_at"]) - int(case["planned_reaction_at"]) == 110 * 60_000


def test_links_and_relations_come_with_the_case(premises):
    other = premises.case()
    case = premises.case(
        links=[{"url": "https://example.org/", "name": "n"}],
        related=[{"relatedTo": other["id"], "relationType": "BLOCKS"}],
    )
    [link] = case["links"]["items"]
    assert (link["url"], link["name"]) == ("https://example.org/", "n")
    assert "id" not in link
    [relation] = case["related"]["data"]
    assert (relation["related_case"]["id"], relation["relation_type"]) == (other["id"], "BLOCKS")


@pytest.mark.parametrize("missing", ["subject", "source", "service", "reporter"])
def test_a_case_needs_four_members(premises, root, missing):
    body = {name: value for name, value in premises.new().items() if name != missing}
    root.refused(400, "gen.getCases.createCase", body)


def test_who_may_not_open_cases(premises, vera):
    vera.refused(403, "gen.getCases.createCase", premises.new())
    premises.stranger().refused(401, "gen.getCases.createCase", premises.new())


def test_fields_choose_what_comes(premises, root):
    case = premises.case()
    one = root("gen.getCases.locateCase", case["etag"], {"fields": ["subject", "etag"]})
    assert {"subject", "etag"} <= one.keys() <= {"subject", "etag", "custom"}
    two = root("sdk.CasesApi.locateCase", case["id"], ["subject", "ver", "no_such_field"])
    assert {"subject", "id"} <= two.keys()
    assert "etag" not in two
    default = root("gen.getCases.locateCase", case["id"])
    assert {"id", "etag", "name", "sla", "service"} <= default.keys()
    assert not {"ver", "comments", "links", "related"} & default.keys()


@pytest.mark.parametrize("wrong", ["999999", "QQQQQQQQQQ", "QdQ!m", "QwRdRjQY"])
def test_a_case_that_cannot_be_located(root, wrong):
    root.refused(404 if wrong.isdigit() else 400, "gen.getCases.locateCase", wrong)


@pytest.mark.parametrize("call", WRITERS)
def test_an_update_changes_what_the_body_names(premises, root, call):
    case = premises.case(description="d", contactInfo="c", assignee=premises.anna)
    subject = unique("Changed")
    answer = write(root, call, case, subject=subject, assignee={}, priority=ref(premises.urgent))
    changed = answer["case"]
    assert answer["subject"] == subject  # the older typing still works
    assert (changed["subject"], changed["description"], changed["contact_info"]) == (subject, "d", "c")
    assert "assignee" not in changed
    assert changed["sla_condition"]["id"] == premises.sla_condition["id"]
    assert etag.decode(changed["etag"], "case").version == 1
    assert {"subject", "assignee", "priority"} <= {change["field"] for change in answer["changes"]}
    assert premises.at_ibm(case["id"])["short_description"] == subject
    again = root("gen.getCases.locateCase", case["id"], {"fields": ["ver", "subject"]})
    assert (again["ver"], again["subject"]) == (1, subject)


@pytest.mark.parametrize("call", WRITERS)
def test_a_stale_version_is_not_found(premises, root, call):
    case = premises.case()
    write(root, call, case, subject="First")
    stale = {"subject": "Second"}
    if call.startswith("gen."):
        root.refused(404, call, {"etag": case["etag"], **stale})
        root.refused(404, call, {"etag": case["id"], **stale})
        root.refused(400, call, stale)
    else:
        root.refused(404, call, case["etag"], stale)
        root.refused(404, call, case["id"], stale)


@pytest.mark.parametrize("empty", [{"subject": ""}, {"status": {}}, {"priority": {}}, {"source": {}}, {"service": {}}])
def test_what_must_not_become_empty(premises, root, empty):
    case = premises.case()
    root.refused(400, "gen.getCases.updateCase2", {"etag": case["etag"], **empty})


def test_the_mask_in_the_query_wins(premises, root):
    case = premises.case(description="d")
    body = {"subject": "Masked", "description": "not this"}
    changed = root("sdk.CasesApi.updateCase2", case["etag"], body, ["subject"])["case"]
    assert (changed["subject"], changed["description"]) == ("Masked", "d")


def test_closing_and_reopening(premises, root):
    case = premises.case()
    closing = {
        "statusCondition": ref(premises.done),
        "closeReason": ref(premises.fixed),
        "closeResult": "Mended",
        "rating": "5",
        "ratingComment": "Good",
    }
    closed = root("gen.getCases.updateCase", {"etag": case["etag"], **closing})["case"]
    assert closed["status_condition"]["final"] is True
    assert closed["close_reason"] == {"id": premises.fixed["id"], "name": "Fixed"}
    assert (closed["close_result"], closed["rating"], closed["rating_comment"]) == ("Mended", "5", "Good")
    assert closed["close"] == {"close_result": "Mended", "close_reason": closed["close_reason"]}
    assert int(closed["resolved_at"]) >= int(closed["created_at"])
    assert int(closed["difference_in_resolve"]) == int(closed["resolved_at"]) - int(closed["created_at"])
    assert premises.at_ibm(case["id"])["status"] in {"Resolved", "resolved"}
    reopening = {"statusCondition": ref(premises.busy), "closeReason": {}, "closeResult": ""}
    opened = root("sdk.CasesApi.updateCase2", closed["etag"], reopening)["case"]
    assert opened["status_condition"]["id"] == premises.busy["id"]
    assert not {"close_reason", "close_result", "resolved_at"} & opened.keys()
    assert opened["reacted_at"] == closed["reacted_at"]


def test_a_case_is_deleted(premises, root, anna):
    case = premises.case()
    anna.refused(403, "gen.getCases.deleteCase", case["etag"])
    assert not (root("gen.getCases.deleteCase", case["etag"]) or {}).get("id")
    root.refused(404, "gen.getCases.locateCase", case["etag"])
    root.refused(404, "sdk.CasesApi.deleteCase", case["id"])


@pytest.fixture(scope="module")
def many(premises):
    """Cases that searches tell apart."""
    mark = unique("Many").replace(" ", "")
    plain = premises.case(subject=f"{mark} plain")
    urgent = premises.case(
        subject=f"{mark} urgent", priority=ref(premises.urgent), reporter=premises.lou, contactInfo=f"{mark}-phone"
    )
    closed = premises.case(subject=f"{mark} closed", assignee=premises.anna, rating="4", description=f"{mark}-text")
    body = {"etag": closed["etag"], "statusCondition": ref(premises.done), "closeReason": ref(premises.fixed)}
    premises.root("gen.getCases.updateCase", body)
    rows = {"plain": plain, "urgent": urgent, "closed": closed}
    return mark, {name: row["id"] for name, row in rows.items()}


def search(client, mark, **params):
    given = {"q": mark, "qin": "subject", "sort": "id", "fields": ["id"], **params}
    return ids(client("gen.getCases.searchCases", given).get("items", []))


FILTERS = {
    "priority={urgent}": ["urgent"],
    "priority!={urgent}": ["plain", "closed"],
    "priority={urgent},{usual}": ["plain", "urgent", "closed"],
    "reporter={lou}": ["urgent"],
    "assignee={anna}": ["closed"],
    "assignee=null": ["plain", "urgent"],
    "contact={lou}": ["urgent"],
    "contact={anna}": ["closed"],
    "status={status}": ["plain", "urgent", "closed"],
    "status_condition={done}": ["closed"],
    "status_condition.final=true": ["closed"],
    "status_condition.final=false": ["plain", "urgent"],
    "close_reason={fixed}": ["closed"],
    "close_reason=null": ["plain", "urgent"],
    "service={catalog}": ["plain", "urgent", "closed"],
    "service={service}": ["plain", "urgent", "closed"],
    "source={source}": ["plain", "urgent", "closed"],
    "sla={sla}": ["plain", "urgent", "closed"],
    "sla_condition={sla_condition}": ["urgent"],
    "rating.from=4": ["closed"],
    "rating.to=3": [],
    "created_at.from=0": ["plain", "urgent", "closed"],
    "resolved_at.from=1": ["closed"],
    "attachments=true": [],
    "attachments=false": ["plain", "urgent", "closed"],
    "subject=closed": ["closed"],
    "impacted=null": ["plain", "urgent", "closed"],
    "group=null": ["plain", "urgent", "closed"],
    "priority={urgent}||assignee={anna}": ["urgent", "closed"],
    "priority={usual}&&assignee=null": ["plain"],
}


@pytest.mark.parametrize("element", FILTERS)
def test_filters(premises, root, many, element):
    mark, names = many
    words = {
        name: getattr(premises, name)["id"]
        for name in ("urgent", "usual", "lou", "anna", "status", "done", "fixed", "catalog", "service", "source", "sla")
    }
    given = element.format(sla_condition=premises.sla_condition["id"], **words)
    assert search(root, mark, filters=[given]) == [names[name] for name in FILTERS[element]]


def test_filters_add_up(premises, root, many):
    mark, names = many
    both = [f"priority={premises.usual['id']}", "status_condition.final=true"]
    assert search(root, mark, filters=both) == [names["closed"]]
    found = root("sdk.CasesApi.searchCases", 1, 10, mark, None, "id", ["id"], both)["items"]
    assert ids(found) == [names["closed"]]


CEL = {
    "priority.name == 'Urgent'": ["urgent"],
    "status_condition.final == true": ["closed"],
    "rating >= 4 && !isnull(assignee)": ["closed"],
    "isnull(assignee)": ["plain", "urgent"],
}


@pytest.mark.parametrize("expression", CEL)
def test_filters_as_an_expression(root, many, expression):
    mark, names = many
    assert search(root, mark, filtersV1=expression) == [names[name] for name in CEL[expression]]


def test_a_malformed_expression_is_refused(root):
    root.refused(400, "gen.getCases.searchCases", {"filtersV1": "priority ==="})


def test_where_a_text_is_looked_for(root, many):
    mark, names = many
    phone = f"{mark}-phone"
    for where in ("contact_info", "full", None):
        assert search(root, phone, qin=where) == [names["urgent"]]
    assert search(root, phone, qin="subject") == []
    assert names["plain"] in search(root, names["plain"], qin="id")
    assert search(root, f"/^{mark} (plain|closed)$/") == [names["plain"], names["closed"]]
    assert search(root, f"*{mark.upper()} pl*") == [names["plain"]]


def test_pages_sorting_and_ids(root, many):
    mark, names = many
    first = root("gen.getCases.searchCases", {"q": mark, "qin": "subject", "size": 2, "fields": ["id", "subject"]})
    assert ids(first["items"]) == [names["closed"], names["urgent"]]  # newest first
    assert (first["next"], first["page"]) == (True, "1")
    second = root("gen.getCases.searchCases", {"q": mark, "qin": "subject", "size": 2, "page": 2})
    assert ids(second["items"]) == [names["plain"]]
    assert not second.get("next")
    assert search(root, mark, sort="-subject") == [names[name] for name in ("urgent", "plain", "closed")]
    assert search(root, mark, sort="priority")[0] == names["urgent"]
    chosen = [names["plain"], etag.encode("case", int(names["closed"]), 0)]
    assert search(root, None, qin=None, ids=chosen) == [names["plain"], names["closed"]]
    assert search(root, f"{mark} nothing") == []


def test_cases_of_a_contact(premises, root, many):
    mark, names = many
    found = root("gen.getCases.searchCases2", premises.lou["id"], {"q": mark, "sort": "id"})
    assert ids(found["items"]) == [names["urgent"]]
    by_sdk = root("sdk.CasesApi.searchCases2", premises.anna["id"], 1, 10, mark, None, "-id", ["id"])
    assert ids(by_sdk["items"]) == [names["closed"]]


def test_nested_lists_of_a_page(premises, root):
    case = premises.case(links=[{"url": "https://example.org/", "name": "n"}])
    root("gen.getCaseComments.publishComment", case["id"], {"text": "nested"})
    asked = {"ids": [case["id"]], "fields": ["id", "comments", "links", "files", "related"]}
    [row] = root("gen.getCases.searchCases", asked)["items"]
    [comment] = row["comments"]["items"]
    assert comment["text"] == "nested"
    assert {"etag", "created_at", "created_by", "can_edit"} <= comment.keys()
    assert "id" not in comment
    assert [link["url"] for link in row["links"]["items"]] == ["https://example.org/"]


def test_export(root, vera, many):
    mark, _ = many
    asked = {"q": mark, "qin": "subject", "format": "csv", "sort": "id", "fields": ["subject", "priority"]}
    rows = list(csv.reader(io.StringIO(root("gen.getCases.exportCases", asked))))
    assert [row[0] for row in rows[1:]] == [f"{mark} {name}" for name in ("plain", "urgent", "closed")]
    assert rows[2][1] == "Urgent"
    joined = root("gen.getCases.exportCases", {**asked, "separator": ";"}).splitlines()
    assert joined[2] == f"{mark} urgent;Urgent"
    assert root("gen.getCases.exportCases", {**asked, "format": "xlsx"}).startswith("PK")
    root.refused(400, "gen.getCases.exportCases", {**asked, "format": "pdf"})
    vera.refused(403, "gen.getCases.exportCases", asked)


def test_custom_fields(premises, root):
    fields = [
        {"id": "region", "name": "Region", "kind": "string"},
        {"id": "vip", "name": "Vip", "kind": "bool"},
    ]
    extension = "api.WtTypeExtensionAPI"
    assert root(f"{extension}.getList", {"itemId": "cases"})["isNew"] is True
    made = root(f"{extension}.add", {"itemId": "cases", "itemInstance": {"fields": fields}})
    assert made["id"] == "cases"
    shown = root(f"{extension}.getList", {"itemId": "cases"})
    assert {field["id"] for field in shown["fields"]} >= {"region", "vip"}
    case = premises.case(custom={"region": "north", "vip": True})
    assert case["custom"] == {"region": "north", "vip": True}
    changed = root("gen.getCases.updateCase2", {"etag": case["etag"], "custom": {"region": "south"}})["case"]
    assert changed["custom"]["region"] == "south"
    assert ids(root("gen.getCases.searchCases", {"filters": ["region=south"]})["items"]) == [case["id"]]
    root.refused(400, "gen.getCases.createCase", premises.new(custom={"vip": "perhaps"}))
