"""What is in use stays, what hangs on it goes or becomes empty (spec/webitel §9)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dialects.webitel.catalogue import ref


def condition(goods, **members):
    body = {"name": "Fast", "priorities": [ref(goods.priority)], "reaction_time": 60, "resolution_time": 60}
    return goods.root.post(f"/slas/{goods.sla['id']}/sla_condition", {**body, **members})


def test_what_a_case_uses_cannot_be_removed(goods):
    root = goods.root
    other = root.post("/cases/priorities", {"name": "Other", "color": "red"})
    root.patch(f"/cases/catalogs/{goods.catalog['id']}", {"default_priority": ref(other)})
    case = goods.case(priority=ref(goods.priority))
    used = {
        f"/cases/statuses/{goods.status['id']}": "status",
        f"/cases/priorities/{goods.priority['id']}": "priority",
        f"/cases/sources/{goods.source['id']}": "source",
        f"/cases/slas/{goods.sla['id']}": "sla",
        f"/cases/services/{goods.service['id']}": "service",
        f"/cases/catalogs/{goods.catalog['id']}": "service",
        f"/cases/close_reason_groups/{goods.group['id']}": "close_reason_group",
        f"/contacts/{case['reporter']['id']}": "reporter",
    }
    for path in used:
        root.refused("DELETE", path, 400)
        root.get(path)
    assert root.get(f"/cases/{case['id']}")["priority"]["name"] == "Usual"


def test_a_case_that_is_gone_uses_nothing(goods):
    case = goods.case(priority=ref(goods.priority))
    goods.root.refused("DELETE", f"/cases/sources/{goods.source['id']}", 400)
    goods.root.delete(f"/cases/{case['etag']}")
    goods.root.delete(f"/cases/sources/{goods.source['id']}")
    goods.root.delete(f"/cases/catalogs/{goods.catalog['id']}")


def test_a_priority_of_an_sla_condition_stays(goods):
    made = condition(goods)
    goods.root.refused("DELETE", f"/cases/priorities/{goods.priority['id']}", 400)
    goods.root.delete(f"/slas/{goods.sla['id']}/sla_condition/{made['id']}")
    goods.root.delete(f"/cases/priorities/{goods.priority['id']}")


def test_the_default_priority_of_a_node_becomes_empty(goods):
    service = goods.new_service("Printers", goods.catalog, default_priority=ref(goods.priority))
    goods.root.delete(f"/cases/priorities/{goods.priority['id']}")
    assert "default_priority" not in goods.root.get(f"/cases/services/{service['id']}")["service"]
    assert "default_priority" not in goods.root.get(f"/cases/catalogs/{goods.catalog['id']}")["catalog"]


def test_an_sla_of_a_catalog_stays_and_of_services_only_goes(goods):
    root, silver = goods.root, goods.new_sla("Silver")
    root.refused("DELETE", f"/cases/slas/{goods.sla['id']}", 400)
    service = goods.new_service("Printers", goods.catalog, sla=ref(silver))
    assert service["sla"]["name"] == "Silver"
    body = {"name": "Fast", "priorities": [ref(goods.priority)], "reaction_time": 60, "resolution_time": 60}
    made = root.post(f"/slas/{silver['id']}/sla_condition", body)
    root.delete(f"/cases/slas/{silver['id']}")
    assert "sla" not in root.get(f"/cases/services/{service['id']}")["service"]
    root.refused("GET", f"/slas/{silver['id']}/sla_condition/{made['id']}", 404)


@pytest.mark.parametrize("path", ["/cases/statuses", "/cases/close_reason_groups"])
def test_what_a_catalog_names_stays(goods, path):
    row = goods.status if path == "/cases/statuses" else goods.group
    goods.root.refused("DELETE", f"{path}/{row['id']}", 400)


def test_a_close_reason_that_goes_leaves_cases_without_one_and_their_etags_valid(goods, shop, examined):
    root, reasons = goods.root, f"/close_reason_groups/{goods.group['id']}/close_reasons"
    case = goods.case(close_reason=ref(goods.reason))
    kept = root.post(reasons, {"name": "Other"})
    other = goods.case(close_reason=ref(kept))
    assert root.get(f"/cases/{case['id']}")["close_reason"]["name"] == "Fixed"
    root.delete(f"{reasons}/{goods.reason['id']}")
    after = root.get(f"/cases/{case['id']}")
    assert "close_reason" not in after
    assert after["etag"] == case["etag"]
    assert root.get(f"/cases/{other['id']}")["close_reason"]["name"] == "Other"
    found = root.get("/cases", filters="close_reason=null")["items"]
    assert [row["id"] for row in found] == [case["id"]]
    assert [finding for finding in examined(shop) if finding.tenant == shop.key] == []


def test_a_condition_of_an_sla_that_goes_leaves_cases_their_times(goods):
    made = condition(goods)
    case = goods.case()
    assert case["sla_condition"]["name"] == "Fast"
    goods.root.delete(f"/slas/{goods.sla['id']}/sla_condition/{made['id']}")
    after = goods.root.get(f"/cases/{case['id']}")
    assert "sla_condition" not in after
    assert after.get("planned_resolve_at") == case.get("planned_resolve_at")


def test_a_status_condition_that_goes_moves_no_case(goods):
    root = goods.root
    second = root.post(goods.conditions, {"name": "Busy"})
    case = goods.case(status_condition=ref(second))
    assert case["status_condition"]["name"] == "Busy"
    root.delete(f"{goods.conditions}/{second['id']}")
    after = root.get(f"/cases/{case['id']}")
    assert after["status"] == case["status"]
    assert after.get("status_condition", {}).get("name") != "Busy"
    assert after["etag"] == case["etag"]
    root.refused("DELETE", f"/cases/statuses/{goods.status['id']}", 400)


def test_a_group_in_use_stays(goods):
    root = goods.root
    group = root.post("/contacts/groups", {"name": "Desk"})
    service = goods.new_service("Printers", goods.catalog, group=ref(group))
    root.refused("DELETE", f"/contacts/groups/{group['id']}", 400)
    root.patch(f"/cases/services/{service['id']}", {"group": {}})
    case = goods.case(group=ref(group))
    root.refused("DELETE", f"/contacts/groups/{group['id']}", 400)
    root.patch(f"/cases/{case['etag']}", {"group": {}})
    root.delete(f"/contacts/groups/{group['id']}")


def test_of_a_removal_and_its_use_at_the_same_time_one_wins(goods):
    """However the two meet: a case never names a source that is gone."""
    root = goods.root
    reporter = ref(root.get("/contacts", size=1)["data"][0])

    def use(source: dict):
        body = {"subject": "Race", "source": ref(source), "service": ref(goods.service), "reporter": reporter}
        return root.send("POST", "/cases", json=body).status_code

    def drop(source: dict):
        return root.send("DELETE", f"/cases/sources/{source['id']}").status_code

    with ThreadPoolExecutor(2) as pool:
        for _ in range(12):
            source = root.post("/cases/sources", {"name": "Race", "type": "API"})
            used, dropped = pool.submit(use, source), pool.submit(drop, source)
            assert (used.result(), dropped.result()) in {(200, 400), (400, 200)}


def test_of_a_contact_that_is_removed_and_used_at_the_same_time_one_wins(goods):
    root = goods.root

    def use(contact: dict):
        body = {"subject": "Race", "source": ref(goods.source), "service": ref(goods.service), "reporter": ref(contact)}
        return root.send("POST", "/cases", json=body).status_code

    def drop(contact: dict):
        return root.send("DELETE", f"/contacts/{contact['id']}").status_code

    with ThreadPoolExecutor(2) as pool:
        for _ in range(6):
            contact = root.post("/contacts", {"name": {"common_name": "Race"}})
            used, dropped = pool.submit(use, contact), pool.submit(drop, contact)
            assert (used.result() == 200, dropped.result()) in {(True, 400), (False, 200)}
