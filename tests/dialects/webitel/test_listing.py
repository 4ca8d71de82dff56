def test_a_list_of_cases_reads(root, world):
    number = world.cases({"service": "mail", "requester": "kit"})[0]
    page = root.get("/cases", size=1)
    assert page["page"] == "1"
    (case,) = page["items"]
    assert case["id"] == str(number)
    assert case["name"] == f"IT_{number}"
    assert case["reporter"] == {"id": world.number("persons", "kit"), "name": "Kit Caller"}
