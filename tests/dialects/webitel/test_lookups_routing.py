"""Cases of a dynamic group are sent on, by a second version (spec/webitel §10, DOMAIN §4)."""

import pytest

from dialects.webitel.catalogue import ref


@pytest.fixture
def router(goods, shop):
    root = goods.root
    goods.desk, goods.night = (root.post("/contacts/groups", {"name": name}) for name in ("Desk", "Night"))
    goods.router = root.post(
        "/contacts/groups", {"name": "Router", "type": "DYNAMIC", "default_group": ref(goods.desk)}
    )
    goods.rules = f"/contacts/groups/{goods.router['id']}/conditions"
    goods.anna = {"id": shop.contact("anna")}
    return goods


def test_the_first_condition_decides_group_and_assignee(router):
    root = router.root
    root.post(router.rules, {"expression": "case.subject == 'nothing'", "group": ref(router.desk)})
    root.post(
        router.rules,
        {
            "expression": "case.priority.name == 'USUAL' && case.source.type == 'api'",
            "group": ref(router.night),
            "assignee": router.anna,
        },
    )
    case = router.case(group=ref(router.router))
    found = root.get(f"/cases/{case['id']}", fields="ver,group,assignee,id")
    assert found["ver"] == 1
    assert found["group"] == {"id": router.night["id"], "name": "Night", "type": "static"}
    assert found["assignee"]["id"] == router.anna["id"]
    assert case["group"]["name"] == "Night"


def test_without_a_match_the_default_group_gets_it(router):
    case = router.case(group=ref(router.router))
    assert case["group"]["name"] == "Desk"
    assert "assignee" not in case


def test_an_update_that_names_a_dynamic_group_is_sent_on_too(router):
    root = router.root
    root.post(router.rules, {"expression": "case.subject == 'urgent'", "group": ref(router.night)})
    case = router.case()
    assert "group" not in case
    changed = root.patch(f"/cases/{case['etag']}", {"group": ref(router.router), "subject": "Urgent"})
    assert changed["case"]["group"]["name"] == "Night"
    assert root.get(f"/cases/{case['id']}", fields="ver")["ver"] == 2
    same = root.patch(f"/cases/{changed['case']['etag']}", {"subject": "Calm"})
    assert same["case"]["group"]["name"] == "Night"


def test_a_group_that_decides_nothing_keeps_the_case(router):
    root = router.root
    root.patch(f"/contacts/groups/{router.router['id']}", {"default_group": {}})
    case = router.case(group=ref(router.router))
    assert case["group"] == {"id": router.router["id"], "name": "Router", "type": "dynamic"}
    assert root.get(f"/cases/{case['id']}", fields="id,ver") == {"id": case["id"]}


def test_a_service_hands_its_dynamic_group_on(router):
    root = router.root
    root.patch(f"/cases/services/{router.service['id']}", {"group": ref(router.router)})
    assert router.case()["group"]["name"] == "Desk"
