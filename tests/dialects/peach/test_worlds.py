"""World files and what was made through the Peach door: exporting, and applying again."""

from casework.casebook import world
from dialects.peach.office import companies, tenant


async def test_what_was_made_here_is_exported_and_applied_elsewhere(server, casebook):
    with companies(server, "pworld") as two:
        office = two.here
        office.post("/people", {"externalId": "made", "name": {"firstName": "Ann", "lastName": "Made"}})
        office.post("/people", {"borrowerType": "business", "businessDetails": {"businessLegalName": "Made Ltd"}})
        field = {
            "fieldName": "color",
            "dataType": "string",
            "displayOrder": 1,
            "validation": {"enum": ["red"], "length": 3},
        }
        made = office.post("/case-types", {"caseType": "generic", "name": "Made", "customFieldSchemas": [field]})
        office.put(f"/case-types/{made['id']}", {"status": "active"})
        office.post("/people/ext-kit-1/loans", {"externalId": "L-2", "name": "Second"})
        office.put(f"/case-types/{office.id('case_types', 'complaint')}", {"name": "Complaints"})
        exported = await world.export(casebook.database, casebook, office.key)
        newest = max(exported["tenants"][0]["case_types"], key=lambda kind: kind.get("version", 1))
        assert newest["name"] == "Complaints"
        fields = [kind["fields"] for kind in exported["tenants"][0]["case_types"] if kind.get("name") == "Made"]
        assert fields[0][0]["extra"]["length"] == 3
        world.load_value(exported)
        again = server.apply({"tenants": [tenant(office.key)]})
        assert again["case_types"][f"{office.key}/complaint"]["peach"] == office.id("case_types", "complaint")
        assert office.data("/people/ext-made")["name"]["firstName"] == "Ann"
