"""The lookups through the hand-written wrappers: what each lists, shows, takes and refuses (spec/webitel §9)."""

import pytest

from clients.webitel.shop import ids, ref, unique

SIMPLE = {
    "CasePrioritiesAPI": {"description": "d", "color": "teal"},
    "CaseStatusesAPI": {"description": "d"},
    "CaseCloseReasonGroupsAPI": {"description": "d"},
}


@pytest.mark.parametrize("wrapper", SIMPLE)
def test_a_simple_lookup_comes_and_goes(root, wrapper):
    item = {"name": unique("Row"), **SIMPLE[wrapper]}
    made = root(f"api.{wrapper}.add", {"itemInstance": item})
    assert {name: made[name] for name in item} == item
    assert {"createdAt", "createdBy", "id"} <= made.keys()
    shown = root(f"api.{wrapper}.get", {"itemId": made["id"]})
    assert shown["name"] == item["name"]
    found = root(f"api.{wrapper}.getList", {"search": item["name"], "fields": ["id", "name"]})
    assert found == {"items": [{"id": made["id"], "name": item["name"]}], "next": False}
    renamed = {**shown, "name": unique("Renamed"), "id": made["id"], "unknown": True}
    changed = root(f"api.{wrapper}.update", {"itemInstance": renamed, "itemId": made["id"]})
    assert changed["name"] == renamed["name"]
    assert changed["description"] == "d"
    root(f"api.{wrapper}.delete", {"id": made["id"]})
    root.refused(404, f"api.{wrapper}.get", {"itemId": made["id"]})
    assert root(f"api.{wrapper}.getList", {"id": [made["id"]]}) == {"items": [], "next": False}


@pytest.mark.parametrize("wrapper", SIMPLE)
def test_a_simple_lookup_is_paged_sorted_and_looked_up(root, wrapper):
    mark = unique("Paged").replace(" ", "")
    made = [root(f"api.{wrapper}.add", {"itemInstance": {"name": f"{mark} {n}", **SIMPLE[wrapper]}}) for n in range(3)]
    asked = {"search": mark, "size": 2, "sort": "-name"}
    first = root(f"api.{wrapper}.getList", asked)
    assert (ids(first["items"]), first["next"]) == ([made[2]["id"], made[1]["id"]], True)
    second = root(f"api.{wrapper}.getList", asked | {"page": 2})
    assert (ids(second["items"]), second["next"]) == ([made[0]["id"]], False)
    lookup = root(f"api.{wrapper}.getLookup", {"search": mark, "page": 1, "size": 10})
    assert lookup["items"] == [{"id": row["id"], "name": row["name"]} for row in made]
    chosen = root(f"api.{wrapper}.getList", {"id": [made[0]["id"], made[2]["id"]]})
    assert ids(chosen["items"]) == [made[0]["id"], made[2]["id"]]


@pytest.mark.parametrize("wrapper", SIMPLE)
def test_what_a_simple_lookup_refuses(root, vera, anna, wrapper):
    root.refused(400, f"api.{wrapper}.add", {"itemInstance": {"description": "nameless"}})
    root.refused(404, f"api.{wrapper}.update", {"itemInstance": {"name": "n"}, "itemId": "999999"})
    root.refused(404, f"api.{wrapper}.delete", {"id": "999999"})
    for person in (vera, anna):
        person.refused(403, f"api.{wrapper}.add", {"itemInstance": {"name": unique("Row"), **SIMPLE[wrapper]}})
        assert person(f"api.{wrapper}.getList", {})["items"]


def test_a_stranger_is_sent_to_the_sign_in_page(premises):
    answer = premises.stranger().refused(401, "api.CasePrioritiesAPI.getList", {})
    assert answer["at"].startswith("https://sign-in.example?redirectTo=")


def test_a_source_comes_and_goes(root):
    name = unique("Source")
    body = {"name": name, "description": "d", "type": "EMAIL"}
    made = root("gen.getSources.createSource", body)
    assert {member: made[member] for member in body} == body
    assert root("api.CaseSourcesAPI.get", {"itemId": made["id"]})["type"] == "EMAIL"
    listed = root("api.CaseSourcesAPI.getList", {"search": name, "type": ["EMAIL"]})
    assert ids(listed["items"]) == [made["id"]]
    assert root("api.CaseSourcesAPI.getList", {"q": name, "type": ["CHAT"]}) == {"items": [], "next": False}
    lookup = root("api.CaseSourcesAPI.getLookup", {"search": name})
    assert lookup["items"] == [{"id": made["id"], "name": name, "type": "EMAIL"}]
    assert root("gen.getSources.updateSource2", made["id"], {"type": "CALL"})["type"] == "CALL"
    changed = root("gen.getSources.updateSource", made["id"], {"name": f"{name}!", "type": "CHAT"})
    assert (changed["name"], changed["type"]) == (f"{name}!", "CHAT")
    assert root("sdk.SourcesApi.locateSource", made["id"])["source"]["name"] == f"{name}!"
    root("api.CaseSourcesAPI.delete", {"id": made["id"]})
    root.refused(404, "api.CaseSourcesAPI.get", {"itemId": made["id"]})


def test_the_broken_wrapper_of_sources_never_sends(premises, root):
    """`add` and `update` throw in the published client (§2.2): nothing for a server to mend."""
    for call in ("add", "update"):
        answer = premises.driver.ask(
            root.token, f"api.CaseSourcesAPI.{call}", ({"itemInstance": {"name": "Nn", "type": "API"}, "itemId": "1"},)
        )
        assert answer["error"]["status"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Typeless"},
        {"name": "x", "type": "API"},
        {"name": "n" * 101, "type": "API"},
        {"name": "N", "type": "FAX"},
    ],
)
def test_sources_that_are_refused(root, body):
    root.refused(400, "gen.getSources.createSource", body)


@pytest.mark.parametrize("color", ["x" * 26])
def test_colors_that_are_refused(root, color):
    root.refused(400, "api.CasePrioritiesAPI.add", {"itemInstance": {"name": unique("P"), "color": color}})


def test_priorities_that_an_sla_has_not_used(premises, root):
    left = root("api.CasePrioritiesAPI.getList", {"notInSla": premises.sla["id"], "size": 1000})
    assert premises.urgent["id"] not in ids(left["items"])
    assert premises.usual["id"] in ids(left["items"])
    offered = root("api.CasePrioritiesAPI.getList", {"inSlaCond": premises.sla_condition["id"], "size": 1000})
    assert {premises.urgent["id"], premises.usual["id"]} <= set(ids(offered["items"]))


def test_a_priority_of_an_sla_condition_stays(premises, root):
    root.refused(400, "api.CasePrioritiesAPI.delete", {"id": premises.urgent["id"]})


def test_conditions_of_a_status(root):
    status = root("api.CaseStatusesAPI.add", {"itemInstance": {"name": unique("Flow")}})["id"]
    wrapper = "api.CaseStatusConditionsAPI"
    first, second = (
        root(f"{wrapper}.add", {"itemInstance": {"name": name, "description": "d"}, "parentId": status})
        for name in ("Alpha", "Beta")
    )
    assert (first["initial"], first["final"]) == (True, True)
    assert not second.get("initial")
    assert not second.get("final")
    shown = root(f"{wrapper}.get", {"parentId": status, "itemId": second["id"]})
    assert (shown["name"], shown["description"]) == ("Beta", "d")
    listed = root(f"{wrapper}.getList", {"parentId": status})
    assert ids(listed["items"]) == ids([first, second])
    root(f"{wrapper}.patch", {"id": second["id"], "parentId": status, "changes": {"initial": True}})
    flags = root(f"{wrapper}.getList", {"statusId": status, "fields": ["id", "initial", "final"]})["items"]
    assert [bool(row.get("initial")) for row in flags] == [False, True]
    root.refused(400, f"{wrapper}.patch", {"id": second["id"], "parentId": status, "changes": {"initial": False}})
    root.refused(404, f"{wrapper}.patch", {"id": first["id"], "parentId": status, "changes": {"final": False}})
    root.refused(400, f"{wrapper}.delete", {"id": first["id"], "parentId": status})
    root.refused(400, f"{wrapper}.delete", {"id": second["id"], "parentId": status})
    renamed = root(f"{wrapper}.update", {"parentId": status, "itemId": first["id"], "itemInstance": {"name": "Gamma"}})
    assert renamed["name"] == "Gamma"
    third = root(f"{wrapper}.add", {"itemInstance": {"name": "Third"}, "parentId": status})
    root(f"{wrapper}.delete", {"id": third["id"], "parentId": status})
    root.refused(404, f"{wrapper}.get", {"parentId": status, "itemId": third["id"]})
    assert root(f"{wrapper}.getLookup", {"parentId": status, "search": "Gam"})["items"] == [
        {"id": first["id"], "name": "Gamma"}
    ]


def test_close_reasons_of_a_group(root):
    group = root("api.CaseCloseReasonGroupsAPI.add", {"itemInstance": {"name": unique("Group")}})["id"]
    wrapper = "api.CaseCloseReasonsAPI"
    made = root(f"{wrapper}.add", {"itemInstance": {"name": "Fixed", "description": "d"}, "parentId": group})
    assert (made["name"], made["description"], made["closeReasonGroupId"]) == ("Fixed", "d", group)
    assert root(f"{wrapper}.get", {"parentId": group, "itemId": made["id"]})["name"] == "Fixed"
    assert ids(root(f"{wrapper}.getList", {"parentId": group})["items"]) == [made["id"]]
    assert root(f"{wrapper}.getLookup", {"parentId": group})["items"] == [{"id": made["id"], "name": "Fixed"}]
    # the wrapper's update takes the group from the row's own id
    changed = root(f"{wrapper}.update", {"itemId": made["id"], "itemInstance": {"id": group, "name": "Mended"}})
    assert (changed["id"], changed["name"], changed["description"]) == (made["id"], "Mended", "d")
    patched = root("gen.getCloseReasons.updateCloseReason2", group, made["id"], {"description": "e"})
    assert (patched["name"], patched["description"]) == ("Mended", "e")
    root.refused(400, f"{wrapper}.add", {"itemInstance": {"description": "d"}, "parentId": group})
    root(f"{wrapper}.delete", {"id": made["id"], "parentId": group})
    root.refused(404, f"{wrapper}.get", {"parentId": group, "itemId": made["id"]})
    root(f"{wrapper}.add", {"itemInstance": {"name": "Goes too"}, "parentId": group})
    root("api.CaseCloseReasonGroupsAPI.delete", {"id": group})
    root.refused(404, f"{wrapper}.getList", {"parentId": group})


def test_slas(premises, root):
    name = unique("Silver")
    item = {
        "name": name,
        "description": "d",
        "validFrom": "1700000000000",
        "validTo": "1900000000000",
        "calendar": ref(premises.calendar),
        "reactionTime": 1800,
        "resolutionTime": 28800,
    }
    made = root("api.SlasAPI.add", {"itemInstance": item})
    assert (made["reactionTime"], made["resolutionTime"]) == ("1800", "28800")
    assert made["calendar"] == {"id": premises.calendar["id"], "name": "Always"}
    shown = root("api.SlasAPI.get", {"itemId": made["id"]})
    assert (shown["validFrom"], shown["validTo"]) == ("1700000000000", "1900000000000")
    [listed] = root("api.SlasAPI.getList", {"search": name})["items"]
    assert listed["reaction_time"] == "1800"  # this wrapper leaves its list as the wire has it
    changed = root("api.SlasAPI.update", {"itemId": made["id"], "itemInstance": {**shown, "reactionTime": "3600"}})
    assert (changed["reactionTime"], changed["name"]) == ("3600", name)
    assert root("api.SlasAPI.getLookup", {"id": [made["id"]]})["items"] == [{"id": made["id"], "name": name}]
    root("api.SlasAPI.delete", {"id": made["id"]})
    root.refused(404, "api.SlasAPI.get", {"itemId": made["id"]})
    for missing in ("name", "calendar", "reactionTime", "resolutionTime"):
        wrong = {key: value for key, value in item.items() if key != missing}
        root.refused(400, "api.SlasAPI.add", {"itemInstance": wrong})
    root.refused(400, "api.SlasAPI.delete", {"id": premises.sla["id"]})


def test_conditions_of_an_sla(premises, root):
    sla = premises.new_sla(unique("Bronze"))["id"]
    wrapper = "api.SLAConditionsAPI"
    times = {"reactionTime": "600", "resolutionTime": "7200"}
    item = {"name": "Fast", "priorities": [ref(premises.urgent)], **times}
    made = root(f"{wrapper}.add", {"itemInstance": item, "parentId": sla})
    assert (made["name"], made["slaId"], made["reactionTime"]) == ("Fast", sla, "600")
    assert [row["id"] for row in made["priorities"]] == [premises.urgent["id"]]
    shown = root(f"{wrapper}.get", {"parentId": sla, "itemId": made["id"]})
    assert (shown["slaId"], shown["resolutionTime"]) == (sla, "7200")
    [listed] = root(f"{wrapper}.getList", {"parentId": sla, "priorityId": premises.urgent["id"]})["items"]
    assert listed["reactionTime"] == "600"
    assert root(f"{wrapper}.getList", {"parentId": sla, "priorityId": premises.usual["id"]})["items"] == []
    both = {**shown, "slaId": sla, "priorities": [ref(premises.urgent), ref(premises.usual)]}
    changed = root(f"{wrapper}.update", {"itemId": made["id"], "itemInstance": both})
    assert set(ids(changed["priorities"])) == {premises.urgent["id"], premises.usual["id"]}
    root.refused(400, f"{wrapper}.add", {"itemInstance": item, "parentId": sla})
    root.refused(400, f"{wrapper}.add", {"itemInstance": {**item, "name": "None", "priorities": []}, "parentId": sla})
    root.refused(404, f"{wrapper}.getList", {"parentId": "999999"})
    assert root(f"{wrapper}.getLookup", {"parentId": sla})["items"] == [{"id": made["id"], "name": "Fast"}]
    root(f"{wrapper}.delete", {"id": made["id"], "parentId": sla})
    root.refused(404, f"{wrapper}.get", {"parentId": sla, "itemId": made["id"]})
