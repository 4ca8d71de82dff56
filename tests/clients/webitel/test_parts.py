"""What hangs on a case, through the generated functions and webitel-sdk (spec/webitel §6, §7, §8, §11)."""

import pytest

from casework.dialects.webitel import etag
from clients.webitel.shop import ids, unique

PHONE, MAIL = {"id": "1"}, {"id": "2"}
DAY = 86_400_000


@pytest.fixture
def case(premises):
    return premises.case()


def comment(client, case, text, call="gen.getCaseComments.publishComment"):
    return client(call, case["etag"], {"text": text})


# ---- comments


@pytest.mark.parametrize("kind", ["gen.getCaseComments", "sdk.CaseCommentsApi"])
def test_a_comment_comes_and_goes(premises, root, case, kind):
    made = comment(root, case, "Hello", f"{kind}.publishComment")
    assert {"etag", "created_at", "created_by", "text", "can_edit"} <= made.keys()
    assert (made["text"], made["can_edit"], made.get("edited", False)) == ("Hello", True, False)
    assert etag.decode(made["etag"], "comment").version == 0
    assert int(made["created_at"]) % 1000 == 0
    second = comment(root, case, "World", f"{kind}.publishComment")
    listed = root(f"{kind}.listComments", case["id"])
    assert [row["text"] for row in listed["items"]] == ["World", "Hello"]
    assert root(f"{kind}.locateComment", made["etag"])["text"] == "Hello"
    deleted = root(f"{kind}.deleteComment", second["etag"])
    assert deleted["text"] == "World"
    root.refused(404, f"{kind}.locateComment", second["etag"])
    assert [row["text"] for row in root(f"{kind}.listComments", case["id"])["items"]] == ["Hello"]
    assert premises.at_ibm(case["id"])["comments"] == []  # what staff write here is internal


@pytest.mark.parametrize("function", ["updateComment", "updateComment2"])
@pytest.mark.parametrize("kind", ["gen.getCaseComments", "sdk.CaseCommentsApi"])
def test_a_comment_is_edited_by_who_wrote_it(root, anna, case, kind, function):
    made = comment(root, case, "Hello")
    arguments = [{"etag": made["etag"], "text": "Bye"}] if kind.startswith("gen") else [made["etag"], {"text": "Bye"}]
    anna.refused(404, f"{kind}.{function}", *arguments)
    changed = root(f"{kind}.{function}", *arguments)
    assert changed["text"] == "Bye"
    assert etag.decode(changed["etag"], "comment").version == 1
    root.refused(404, f"{kind}.{function}", *arguments)


def test_comments_are_paged_sorted_and_chosen(root, case):
    made = [comment(root, case, text) for text in ("one", "two", "three")]
    call = "gen.getCaseComments.listComments"
    first = root(call, case["etag"], {"size": 2, "fields": ["text"], "sort": "created_at"})
    assert ([row["text"] for row in first["items"]], first["next"]) == (["one", "two"], True)
    last = root(call, case["etag"], {"size": 2, "page": 2, "sort": "created_at"})
    assert ([row["text"] for row in last["items"]], last.get("next", False)) == (["three"], False)
    found = root(call, case["etag"], {"q": "tw"})
    assert [row["text"] for row in found["items"]] == ["two"]
    chosen = root(call, case["etag"], {"ids": [made[0]["etag"]]})
    assert [row["text"] for row in chosen["items"]] == ["one"]
    by_sdk = root("sdk.CaseCommentsApi.listComments", case["etag"], 1, 1, None, None, "-created_at", ["text", "id"])
    [row] = by_sdk["items"]
    assert (row["text"], "id" in row) == ("three", True)


def test_comments_that_are_refused(root, vera, case):
    root.refused(400, "gen.getCaseComments.publishComment", case["etag"], {})
    root.refused(400, "gen.getCaseComments.publishComment", case["etag"], {"text": ""})
    root.refused(404, "gen.getCaseComments.publishComment", "999999", {"text": "t"})
    root.refused(400, "gen.getCaseComments.locateComment", case["etag"])
    root.refused(404, "gen.getCaseComments.locateComment", "999999")
    vera.refused(403, "gen.getCaseComments.publishComment", case["etag"], {"text": "t"})


# ---- links


@pytest.mark.parametrize("kind", ["gen.getCaseLinks", "sdk.CaseLinksApi"])
def test_a_link_is_made_from_the_query(root, case, kind):
    if kind.startswith("gen"):
        given = [{"fields": ["etag", "url", "name"], "inputUrl": "https://a.example/?b=c&d", "inputName": "Näme"}]
    else:
        given = [["etag", "url", "name"], "", "https://a.example/?b=c&d", "Näme"]
    made = root(f"{kind}.createLink", case["etag"], *given)
    assert {name: made[name] for name in ("url", "name")} == {"url": "https://a.example/?b=c&d", "name": "Näme"}
    assert etag.decode(made["etag"], "link").version == 0
    [listed] = root(f"{kind}.listLinks", case["id"])["items"]
    assert listed["etag"] == made["etag"]
    assert {"created_by", "created_at", "author"} <= listed.keys()
    assert root(f"{kind}.locateLink", case["etag"], made["etag"])["name"] == "Näme"
    for version, function in enumerate(("updateLink", "updateLink2")):
        body = {"url": f"https://{function}.example/", "name": function}
        at = etag.encode("link", etag.decode(made["etag"], "link").number, version)
        arguments = [{"etag": at, **body}] if kind.startswith("gen") else [at, body]
        changed = root(f"{kind}.{function}", case["etag"], *arguments)
        assert (changed["url"], changed["name"]) == (body["url"], body["name"])
        root.refused(404, f"{kind}.{function}", case["etag"], *arguments)
    root(f"{kind}.deleteLink", case["etag"], made["etag"])
    root.refused(404, f"{kind}.locateLink", case["etag"], made["etag"])


def test_links_that_are_refused(root, vera, case):
    root.refused(400, "gen.getCaseLinks.createLink", case["etag"], {"inputName": "n"})
    root.refused(404, "gen.getCaseLinks.createLink", "999999", {"inputUrl": "https://a.example/"})
    vera.refused(403, "gen.getCaseLinks.createLink", case["etag"], {"inputUrl": "https://a.example/"})
    assert root("gen.getCaseLinks.listLinks", case["id"]).get("items", []) == []


def test_links_come_oldest_first(root, case):
    for name in ("a", "b", "c"):
        root("gen.getCaseLinks.createLink", case["id"], {"inputUrl": f"https://{name}.example/", "inputName": name})
    page = root("gen.getCaseLinks.listLinks", case["id"], {"size": 2, "fields": ["name"]})
    assert ([row["name"] for row in page["items"]], page["next"]) == (["a", "b"], True)
    found = root("gen.getCaseLinks.listLinks", case["id"], {"q": "b"})
    assert [row["name"] for row in found["items"]] == ["b"]


# ---- relations


@pytest.mark.parametrize("kind", ["gen.getRelatedCases", "sdk.RelatedCasesApi"])
def test_a_relation_comes_and_goes(premises, root, case, kind):
    other = premises.case()
    body = {"relatedCase": {"id": other["id"]}, "relationType": "BLOCKS"}
    made = root(f"{kind}.createRelatedCase", case["etag"], body)
    assert etag.decode(made["etag"], "relation").version == 0
    [row] = root(f"{kind}.listRelatedCases", case["id"])["data"]
    assert (row["primary_case"]["id"], row["related_case"]["id"], row["relation_type"]) == (
        case["id"],
        other["id"],
        "BLOCKS",
    )
    assert {"name", "subject", "etag", "color"} <= row["related_case"].keys()
    [seen] = root(f"{kind}.listRelatedCases", other["etag"])["data"]
    assert (seen["related_case"]["id"], seen["relation_type"]) == (other["id"], "BLOCKS")
    assert root(f"{kind}.locateRelatedCase", case["id"], made["etag"])["relation_type"] == "BLOCKS"
    root.refused(400, f"{kind}.createRelatedCase", case["etag"], body)
    at = made["etag"]
    for function, relation in (("updateRelatedCase", "CAUSES"), ("updateRelatedCase2", "DUPLICATES")):
        change = {"primaryCase": {"id": case["id"]}, "relatedCase": {"id": other["id"]}, "relationType": relation}
        arguments = [at, change] if kind.startswith("gen") else [case["id"], at, change]
        changed = root(f"{kind}.{function}", *arguments)
        assert changed["relation_type"] == relation
        root.refused(404, f"{kind}.{function}", *arguments)
        at = changed["etag"]
    assert not root(f"{kind}.deleteRelatedCase", other["id"], at)
    assert root(f"{kind}.listRelatedCases", case["id"]).get("data", []) == []


def test_relations_that_are_refused(premises, root, vera, case):
    call = "gen.getRelatedCases.createRelatedCase"
    other = premises.case()
    body = {"relatedCase": {"id": other["id"]}, "relationType": "RELATES_TO"}
    root.refused(400, call, case["etag"], {**body, "relatedCase": {"id": case["id"]}})
    root.refused(404, call, case["etag"], {**body, "relatedCase": {"id": "999999"}})
    root.refused(400, call, case["etag"], {**body, "relationType": "LIKES"})
    root.refused(404, call, "999999", body)
    vera.refused(403, call, case["etag"], body)


# ---- files


def test_files(premises, root, anna, case):
    uploaded = premises.upload(case, ("a.txt", b"one"), ("b.txt", b"two!"))
    assert [file["name"] for file in uploaded] == ["a.txt", "b.txt"]
    for kind in ("gen.getCaseFiles", "sdk.CaseFilesApi"):
        rows = root(f"{kind}.listFiles", case["etag"])["items"]
        assert [(row["name"], row["size"]) for row in rows] == [("a.txt", "3"), ("b.txt", "4")]
        assert {"id", "mime", "created_at", "created_by"} <= rows[0].keys()
        assert rows[0].get("source", "direct") == "direct"
    page = root("gen.getCaseFiles.listFiles", case["etag"], {"size": 1, "fields": ["name"]})
    assert ([row["name"] for row in page["items"]], page["next"]) == (["a.txt"], True)
    assert premises.download(uploaded[1]) == b"two!"
    assert ids(root("gen.getCases.searchCases", {"ids": [case["id"]], "filters": ["attachments=true"]})["items"]) == [
        case["id"]
    ]
    root("gen.getCaseFiles.deleteFile", case["etag"], uploaded[0]["id"])
    root.refused(404, "gen.getCaseFiles.deleteFile", case["etag"], uploaded[0]["id"])
    root("sdk.CaseFilesApi.deleteFile", case["id"], uploaded[1]["id"])
    assert root("gen.getCaseFiles.listFiles", case["etag"]).get("items", []) == []
    assert premises.at_ibm(case["id"])["attachments"] == []
    root.refused(404, "gen.getCaseFiles.listFiles", "999999")


# ---- communications


@pytest.mark.parametrize("kind", ["gen.getCaseCommunications", "sdk.CaseCommunicationsApi"])
def test_communications(root, case, kind):
    ident = unique("call")
    body = {"communicationType": PHONE, "communicationId": ident}
    [made] = root(f"{kind}.linkCommunication", case["etag"], body)["data"]
    assert (made["communication_id"], made["communication_type"]["name"]) == (ident, "Phone")
    assert [row["id"] for row in root(f"{kind}.listCommunications", case["id"])["data"]] == [made["id"]]
    root.refused(400, f"{kind}.linkCommunication", case["etag"], body)
    found = root("gen.getCases.searchCases", {"filters": [f"communication_id={ident}"]})
    assert ids(found["items"]) == [case["id"]]
    assert root(f"{kind}.unlinkCommunication", case["id"], made["id"]) == {"affected": "1"}
    root.refused(404, f"{kind}.unlinkCommunication", case["id"], made["id"])
    assert root(f"{kind}.listCommunications", case["id"]).get("data", []) == []


def test_kinds_of_communications(root):
    listed = root("api.CommunicationsAPI.getList", {"page": 1, "size": 10})
    assert {row["channel"] for row in listed["items"]} == {"Phone", "Email", "Messaging"}
    assert all(row["default"] in {True, False} for row in listed["items"])
    lookup = root("api.CommunicationsAPI.getLookup", {"search": "Phone"})
    assert lookup["items"] == [{"id": "1", "name": "Phone", "default": False}]


def test_the_timeline(premises, root, case):
    for kind, name, at in ((PHONE, "call", 3), (MAIL, "email", 5)):
        ident = unique(name).replace(" ", "-")
        premises.communicated(name, ident, {"created_at": str(at * DAY + 1), "subject": "S"})
        body = {"communicationType": kind, "communicationId": ident}
        root("gen.getCaseCommunications.linkCommunication", case["id"], body)
    for api in ("gen.getCaseTimeline", "sdk.CaseTimelineApi"):
        days = root(f"{api}.getTimeline", case["id"])["days"]
        assert [day["day_timestamp"] for day in days] == [str(5 * DAY), str(3 * DAY)]
        counted = root(f"{api}.getTimelineCounter", case["id"])
        assert (counted["calls_count"], counted["emails_count"]) == ("1", "1")
    calls = root("gen.getCaseTimeline.getTimeline", case["id"], {"type": ["call"], "size": 1})["days"]
    assert [event["type"] for day in calls for event in day["items"]] == ["call"]
    assert root("gen.getCaseTimeline.getTimeline", premises.case()["id"]).get("days", []) == []


# ---- history and the search of texts


def test_history(root, case):
    root("gen.getCases.updateCase2", {"etag": case["etag"], "subject": "Logged"})
    number = int(case["id"])
    for call in ("gen.getLoggerService.loggerServiceSearchLogByRecordId", "sdk.LoggerServiceApi.searchLogByRecordId"):
        logs = root(call, "cases", number)
        assert [row["action"] for row in logs["items"]] == ["update", "create"]
        assert "Logged" in str(logs["items"][0]["new_state"])
    only = root("gen.getLoggerService.loggerServiceSearchLogByRecordId", "cases", number, {"action": ["create"]})
    assert [row["action"] for row in only["items"]] == ["create"]


def test_texts_are_searched_in_two_steps(premises, root):
    word = unique("quokka").replace(" ", "")
    said, named = premises.case(), premises.case(description=f"a {word} came")
    comment(root, said, f"the {word} again")
    asked = {"q": word, "objectName": ["cases", "case_comments"]}
    hits = root("gen.getFtsservice.search", asked)["items"]
    assert {hit["id"] for hit in hits} >= {named["id"]}
    assert len(hits) == 2
    by_sdk = root("sdk.FTSServiceApi.search", 1, 10, word, None, None, ["cases"])["items"]
    assert [hit["id"] for hit in by_sdk] == [named["id"]]
    found = root("gen.getCases.searchCases", {"filters": [f"fts={word}"], "ids": [named["id"]]})
    assert ids(found["items"]) == [named["id"]]
    assert root("gen.getCases.searchCases", {"filters": [f"fts={word}"]}).get("items", []) == []
