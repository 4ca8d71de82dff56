"""The example of docs/guides/peach.md, as it stands there: a bankruptcy from the match to the discharge."""

import re
from pathlib import Path

import pytest

from dialects.peach.case_office import desks

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "peach.md"


@pytest.fixture(scope="module")
def desk(server):
    with desks(server, "pc-guide") as found:
        yield found[0]


def test_the_example_of_the_guide_runs(desk):
    code = "\n".join(re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL))
    names = {"key": f"{desk.key}-ada-secret-000001"}
    exec(code.replace("http://127.0.0.1:8080", desk.server.url), names)
    names["peach"].close()
    case = desk.data(names["path"], associations="loans")
    assert (case["status"], case["outcome"], case["courtCaseDebtorDisposition"]) == (
        "completed", "approved", "discharged",
    )  # fmt: skip
    assert case["associations"] == [{"objectType": "loan", "objectId": names["loan"]["id"]}]
    assert {task["taskType"] for task in desk.tasks(case["id"])} == {
        "reviewAutoCreatedCase", "reviewEscalatedCaseTeamUrgent",
    }  # fmt: skip
    assert desk.get(f"{names['path']}/escalations")["count"] == 1
    assert len(desk.data(f"{names['path']}/notes")) == 3
