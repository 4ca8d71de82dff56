"""Input that careless clients, and others, send: told, never a failure of the server (spec/peach §2, §3)."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from dialects.peach.acceptance.client import unchanged, word


@pytest.mark.parametrize(
    "tail", [" with spaces", "ü漢字🎈", "%41", "a?b=c", "a#b", "a+b", "'; drop", "a:b@c", "CS-0000-0001", "1"]
)
def test_an_external_id_of_any_characters_fetches_its_case(alice, tail):
    own = f"{word()}{tail}"
    case = alice.open(externalId=own)
    path = f"/people/{case.person}/cases/ext-{quote(own, safe='')}"
    assert alice.data("GET", path) == case.made
    assert alice.listed(f"/people/{case.person}/cases", externalId=own) == [case.id]


def test_external_ids_differ_by_case(alice):
    own = word()
    lower, upper = alice.open(externalId=own), alice.open(externalId=own.upper())
    assert alice.data("GET", f"/people/{lower.person}/cases/ext-{own}")["id"] == lower.id
    assert alice.data("GET", f"/people/{upper.person}/cases/ext-{own.upper()}")["id"] == upper.id


@pytest.mark.parametrize(
    "text", ["ünïcode 漢字 🎈", "<b>&amp;</b>", "tab\tand\nline", "'; drop table cases; --", "%_\\"]
)
def test_a_name_of_any_characters_reads_back(alice, text):
    case = alice.open(name=text, metaData={text: text})
    assert (case.get()["name"], case.get()["metaData"]) == (text, {text: text})
    assert case.note(text)["content"] == text


@pytest.mark.parametrize("text", [r"a\u0000b", r"a\ud800b"])
@pytest.mark.parametrize("member", ["name", "externalId", "metaData"])
def test_text_that_no_database_keeps_is_refused_or_cleaned(alice, member, text):
    case = alice.open()
    value = f'{{"k": "{text}"}}' if member == "metaData" else f'"{text}"'
    answer = alice.send("PUT", case.path, content=f'{{"{member}": {value}}}'.encode())
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 400:
        assert answer.json()["status"] == 400
        unchanged(case.made, case.get())


@pytest.mark.parametrize("days", ["1e3", "1.0", "99999999999999999999999", "1e400", "-0"])
def test_numbers_at_the_edge_are_told_apart(alice, days):
    case = alice.open()
    answer = alice.send("POST", f"{case.path}/snooze", content=f'{{"snoozeFor": {days}}}'.encode())
    assert answer.status_code in {204, 400}, answer.text
    if days in {"99999999999999999999999", "1e400", "-0"}:
        assert answer.status_code == 400
        unchanged(case.made, case.get())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "9" * 30),
        ("offset", "9" * 30),
        ("limit", "٣"),
        ("limit", "0x10"),
        ("limit", "1_0"),
        ("offset", "-0.0"),
    ],
)
def test_page_members_at_the_edge_are_400(alice, name, value):
    alice.wrong(name, "GET", "/cases", params={name: value})


@pytest.mark.parametrize("written", ["9" * 40, "0", "CS-" + "Z" * 60 + "-ZZZZ", "ext-" + "x" * 3000, "ext-%00", "%00"])
def test_ids_at_the_edge_name_nothing(alice, written):
    for path in (f"/people/{written}", f"/people/ext-kit-1/cases/{written}", f"/people/{written}/cases"):
        answer = alice.send("GET", path)
        assert answer.status_code in {400, 404}, f"{path}: {answer.status_code}"
        assert answer.json()["status"] == answer.status_code


def test_a_deeply_nested_body_is_refused(alice):
    case = alice.open()
    deep = b'{"metaData": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}"
    alice.refused(400, "PUT", case.path, content=deep)


@pytest.mark.parametrize("value", [{"a": {"b": "c"}}, {"a": ["b"]}])
def test_metadata_holds_plain_values_only(alice, value):
    case = alice.open()
    alice.wrong("metaData", "PUT", case.path, {"metaData": value})


def test_members_that_nobody_knows_are_ignored_or_told(alice):
    case = alice.open()
    answer = alice.send("PUT", case.path, {"nobodyKnowsThis": 1})
    assert answer.status_code in {200, 400}
    assert "nobodyKnowsThis" not in case.get()


def at_once(work, count=6):
    with ThreadPoolExecutor(count) as pool:
        return sorted(answer.status_code for answer in pool.map(work, range(count)))


def test_of_creations_at_once_with_one_external_id_one_wins(alice):
    person, own = alice.person()["id"], word()
    body = {"caseType": "generic", "name": "n", "externalId": own}
    found = at_once(lambda _: alice.send("POST", f"/people/{person}/cases", body))
    assert found == [200] + [409] * 5
    assert len(alice.listed(f"/people/{person}/cases")) == 1


def test_of_collection_cases_at_once_one_wins(alice):
    person = alice.person()["id"]
    found = at_once(lambda _: alice.send("POST", f"/people/{person}/cases", {"caseType": "collection"}))
    assert found == [200] + [409] * 5
    assert len(alice.listed(f"/people/{person}/cases")) == 1


def test_of_reopenings_at_once_one_collection_case_wins(alice):
    person = alice.person()["id"]
    cases = [alice.open(person, caseType="collection").walk("canceled") for _ in range(4)]
    found = at_once(lambda n: alice.send("PUT", cases[n].path, {"status": "reopened"}), 4)
    assert found == [200] + [409] * 3
    assert len(alice.listed(f"/people/{person}/cases", status="reopened")) == 1


def test_of_links_at_once_one_stays(alice):
    case, other = alice.open(), alice.open()
    body = {"objectType": "case", "objectId": other.id}
    assert at_once(lambda _: alice.send("POST", f"{case.path}/associations", body)) == [204] * 6
    assert case.links() == [("case", other.id)]


def test_of_do_not_interacts_at_once_one_wins(alice):
    case = alice.open(caseType="ceaseCommunication")
    path = f"{case.path}/do-not-interacts"
    days = [f"2030-01-0{n}" for n in range(1, 7)]

    def send(day):
        return alice.send("POST", path, {"channels": ["all"], "themes": ["all"], "startDate": day})

    with ThreadPoolExecutor(6) as pool:
        answers = dict(zip(days, pool.map(send, days), strict=True))
    won = [day for day, answer in answers.items() if answer.status_code == 200]
    assert sorted(answer.status_code for answer in answers.values()) == [200] + [409] * 5
    assert [one["startDate"] for one in alice.ok("GET", path)["data"]] == won


def test_of_escalations_at_once_one_is_active(alice):
    case = alice.open()
    body = {"escalatedTeamId": alice.team()}
    assert at_once(lambda _: alice.send("POST", f"{case.path}/escalations", body)) == [204] * 6
    listed = [record["caseId"] for record in alice.ok("GET", "/case-escalations")["data"]]
    assert listed.count(case.id) == 1
