"""What is made through this door comes out of an export, and the guide's example is what it says."""

import re
from pathlib import Path

import yaml

from dialects.webitel.catalogue import Shop, ref
from dialects.webitel.client import Door

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "catalogue.md"


def test_an_export_applied_elsewhere_gives_the_same_export(goods, shop, exported, server, world):
    root = goods.root
    desk = root.post("/contacts/groups", {"name": "Desk"})
    router = root.post("/contacts/groups", {"name": "Router", "type": "DYNAMIC", "default_group": ref(desk)})
    rule = {"expression": "case.subject == 'x'", "group": ref(desk), "assignee": {"id": shop.contact("anna")}}
    root.post(f"/contacts/groups/{router['id']}/conditions", rule)
    root.post("/contacts", {"name": {"common_name": "Kit Caller"}, "phones": [{"number": "+49"}]})
    fast = {"name": "Fast", "priorities": [ref(goods.priority)], "reaction_time": 60, "resolution_time": 120}
    root.post(f"/slas/{goods.sla['id']}/sla_condition", fast)
    root.patch(f"/cases/slas/{goods.sla['id']}", {"valid_from": "1704067200123"})
    root.patch(f"/cases/catalogs/{goods.catalog['id']}", {"teams": [ref(desk)], "skills": [{"id": "7"}]})
    goods.new_service("Spam", goods.service, group=ref(router), sla=ref(goods.sla))
    root.post("/types/extensions/cases", {"fields": [{"id": "region", "type": "string", "readonly": True}]})
    document = exported(shop)
    other = Shop(server, world.http)
    server.apply({"tenants": [{**document, "key": other.key, "users": []}]})
    again = exported(other)
    for kind in document.keys() - {"key", "users", "keys", "name"}:
        assert again[kind] == document[kind], kind
    seen = other.door("root").get("/cases/catalogs", sub_fields="name,sla")["items"]
    assert [row["name"] for row in seen] == ["IT"]
    assert seen[0]["service"][0]["service"][0]["sla"]["name"] == "Gold"


def test_the_example_of_the_guide_reads_as_it_says(server, world):
    (example,) = (
        text for text in re.findall(r"```yaml\n(version: 1.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    )
    (tenant,) = yaml.safe_load(example)["tenants"]
    shop = Shop(server, world.http, "guide")
    tenant |= {"key": shop.key, "keys": [{"key": "guide", "user": "root", "secret": f"{shop.key}-guide-secret-01"}]}
    ids = server.apply({"tenants": [tenant]})
    door = Door(shop, f"{shop.key}-guide-secret-01")

    def number(kind, key):
        return {"id": str(ids[kind][f"{shop.key}/{key}"]["number"])}

    def case(service):
        body = {"subject": "Help", "source": number("sources", "web"), "reporter": number("persons", "kit")}
        return door.post("/cases", {**body, "service": number("services", service)})

    spam, network = case("spam"), case("net")
    assert spam["name"] == f"IT_{spam['id']}"
    assert (spam["group"]["name"], spam["priority"]["name"], spam["sla"]["name"]) == ("Desk", "Usual", "Gold")
    assert spam["status_condition"]["name"] == "Fresh"
    assert "sla_condition" not in spam
    assert (network["priority"]["name"], network["sla_condition"]["name"]) == ("Urgent", "Urgent ones")
