MINUTE = 60_000


def _minutes(case, name):
    return (int(case[name]) - int(case["created_at"]) // MINUTE * MINUTE) // MINUTE


def test_planned_times_come_from_the_sla(world):
    case = world.case()
    assert _minutes(case, "planned_reaction_at") == 30
    assert _minutes(case, "planned_resolve_at") == 8 * 60
    assert int(case["planned_reaction_at"]) % MINUTE == 0


def test_planned_times_come_from_the_condition(world):
    case = world.case(priority=world.ref("priorities", "p1"))
    assert _minutes(case, "planned_reaction_at") == 10
    assert _minutes(case, "planned_resolve_at") == 120


def test_another_priority_or_service_plans_anew_from_the_opening(root, world):
    case = world.case()
    urgent = root.patch(f"/cases/{case['etag']}", {"priority": world.ref("priorities", "p1")})
    assert _minutes(urgent, "planned_reaction_at") == 10
    assert {change["field"] for change in urgent["changes"]} == {
        "priority", "sla_condition", "planned_reaction_at", "planned_resolve_at",
    }  # fmt: skip
    back = root.patch(f"/cases/{urgent['etag']}", {"priority": world.ref("priorities", "p3")})
    assert _minutes(back, "planned_resolve_at") == 8 * 60
    net = root.patch(f"/cases/{back['etag']}", {"service": world.ref("services", "net")})
    assert _minutes(net, "planned_resolve_at") == 120


def test_differences_in_time_are_positive(root, world):
    case = world.case()
    assert "difference_in_reaction" not in case
    done = root.patch(f"/cases/{case['etag']}", {"status_condition": world.ref("statuses", "flow/done")})
    took = int(done["reacted_at"]) - int(done["created_at"])
    assert done["difference_in_reaction"] == done["difference_in_resolve"] == str(took)
    assert done["timing"]["difference_in_resolve"] == str(took)


def test_differences_of_late_ones_are_negative(root, world):
    (number,) = world.cases(
        {
            "service": "mail",
            "requester": "kit",
            "created_at": "2024-01-15T10:00:00Z",
            "updated_at": "2024-01-15T10:00:00Z",
        }
    )
    case = root.get(f"/cases/{number}")
    assert case["planned_resolve_at"] == str(int(case["created_at"]) + 8 * 60 * MINUTE)
    done = root.patch(f"/cases/{case['etag']}", {"status_condition": world.ref("statuses", "flow/done")})
    late = int(done["resolved_at"]) - int(done["planned_resolve_at"])
    assert done["difference_in_resolve"] == str(-late)


def test_a_reaction_is_never_taken_back(root, world):
    case = world.case(status_condition=world.ref("statuses", "flow/busy"))
    back = root.patch(f"/cases/{case['etag']}", {"status_condition": world.ref("statuses", "flow/fresh")})
    assert back["reacted_at"] == case["reacted_at"]


def test_cases_of_a_service_are_planned_whatever_the_door(root, world):
    (number,) = world.cases({"service": "net"})
    case = root.get(f"/cases/{number}")
    assert case["sla_condition"]["name"] == "Urgent ones"
    assert case["planned_resolve_at"]
