"""XML in both directions, content negotiation, and the fifteen languages (spec/egain §2, §8)."""

import time

import pytest
from lxml import etree

from dialects.egain.client import CASE, LOCALES, code

NS = "http://bindings.egain.com/ws/model/v12/gen"
XML = {"Content-Type": "application/xml"}


def local(element):
    return etree.QName(element).localname


def test_an_edit_as_xml_with_namespaces(world, sam):
    number, other = world.cases({"subject": "old"}, {})
    modified = sam.modified(number)
    body = f"""<?xml version="1.0"?>
    <case xmlns="{NS}/interaction/case" xmlns:c="{NS}/common" id="{number}">
      <lastModified date="{modified}"/>
      <owner><c:user id="{world.user("sam")}"/></owner>
      <severity><c:value>urgent</c:value></severity>
      <subject/><description>a &lt; b</description>
      <relatedCases><link rel="case" href="/core/casemgr/v3/case/{other}"/></relatedCases>
      <customAttributes><c:customAttribute><c:attribName>tags</c:attribName><c:attribValues>
        <c:attribValue><c:value>a</c:value></c:attribValue><c:attribValue><c:value>b</c:value></c:attribValue>
      </c:attribValues></c:customAttribute></customAttributes>
    </case>"""
    answer = sam.send("PATCH", CASE, content=body, headers=XML)
    assert answer.status_code == 204, answer.text
    shown = sam.get(number)
    assert shown["description"] == "a < b"
    assert shown["severity"]["value"] == "urgent"
    assert shown["owner"]["user"]["id"] == world.user("sam")
    assert len(shown["relatedCases"]["link"]) == 1
    assert len(shown["customAttributes"]["customAttribute"][0]["attribValues"]["attribValue"]) == 2


def test_plain_elements_without_namespaces(world, sam):
    number = world.case()
    body = f"<case><id>{number}</id><lastModified>{sam.modified(number)}</lastModified><solution>done</solution></case>"
    assert sam.send("PATCH", CASE, content=body, headers={"Content-Type": "text/xml; charset=utf-8"}).status_code == 204
    assert sam.get(number)["solution"] == "done"


@pytest.mark.parametrize(
    ("inner", "refused"),
    [
        ("", "400-162"),
        ("<relatedCases/>", "400-162"),
        ("<status>closed</status>", "400-150"),
        ("<owner/>", "400-151"),
        ("<severity><value>x</value></severity>", "400-196"),
        ("<subject>a</subject><subject>b</subject>", "400-152"),
        ("<relatedCases><link rel='x' href='1'/></relatedCases>", "400-152"),
    ],
)
def test_refusals_are_those_of_json(world, sam, inner, refused):
    assert code(sam.edit_xml(world.case(), inner)) == refused


BOMB = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("head", [BOMB, FILE, "<!DOCTYPE case>", '<!DOCTYPE case SYSTEM "http://127.0.0.1:1/x.dtd">'])
def test_document_types_are_refused(world, sam, head):
    assert code(sam.edit_xml(world.case(), "<subject>&b;</subject>", head=head)) == "400-103"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<case", b"<other/>", b"<case><a></case>", b"<a>" * 100_000, b"<case>" + b"<a/>" * 50_000 + b"</case>",
        b"<case>&undefined;</case>", b"\xff\xfe<\x00", b'<?xml version="1.0" encoding="nonsense"?><case/>',
        b"<case><a>" + b"<b>" * 40 + b"</b>" * 40 + b"</a></case>",
    ],
)  # fmt: skip
def test_malformed_deep_and_wide_documents_are_refused_quickly(sam, body):
    began = time.monotonic()
    assert code(sam.send("PATCH", CASE, content=body, headers=XML)) == "400-103"
    assert time.monotonic() - began < 5


def test_a_case_as_xml(world, sam):
    number = world.case(subject="A\u0007 bell & <tag>", requester="kit")
    answer = sam.send("GET", f"{CASE}/{number}", params={"$attribute": "all"}, headers={"Accept": "application/xml"})
    assert answer.headers["content-type"].startswith("application/xml")
    cases = etree.fromstring(answer.content)
    assert cases.tag == f"{{{NS}/interaction/case}}cases"
    assert cases[0].get("id") == str(number)
    shown = {local(child): child for child in cases[0]}
    assert shown["subject"].text == "A\ufffd bell & <tag>"
    assert shown["severity"][0].tag == f"{{{NS}/common}}value"
    assert shown["department"][0].tag == f"{{{NS}/platform}}name"
    assert shown["customer"].get("id") == world.number("persons", "kit")


def test_an_error_as_xml(sam):
    answer = sam.send("PATCH", CASE, json={}, headers={"Accept": "application/xml"})
    error = etree.fromstring(answer.content)
    assert error.tag == f"{{{NS}/common}}error"
    assert error.findtext(f"{{{NS}/common}}code") == "400-151"


@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/*", "application/json", "text/html, application/json;q=0.1"]
)
def test_json_is_the_default(world, sam, accept):
    headers = {"Accept": accept} if accept else {"Accept": ""}
    answer = sam.send("GET", f"{CASE}/{world.case()}", headers=headers)
    assert answer.headers["content-type"] == "application/json"


def test_the_best_weight_wins(world, sam):
    accept = "application/json;q=0.2, application/xml;q=0.9"
    answer = sam.send("GET", f"{CASE}/{world.case()}", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("application/xml")


@pytest.mark.parametrize("accept", ["text/html", "application/pdf, image/*", "application/json;q=0"])
def test_other_types_are_406_in_json(sam, accept):
    answer = sam.send("GET", CASE, headers={"Accept": accept})
    assert code(answer) == "406-101"


@pytest.mark.parametrize("language", ["en", "en-GB", "xx", "de"])
def test_other_languages_are_406_in_the_asked_type(sam, language):
    headers = {"Accept-Language": language}
    assert code(sam.send("GET", CASE, headers=headers)) == "406-100"
    answer = sam.send("GET", CASE, headers={**headers, "Accept": "application/xml"})
    assert answer.status_code == 406
    assert answer.headers["content-type"].startswith("application/xml")


@pytest.mark.parametrize("language", ["DE-de", "xx, de-DE;q=0.5, en-US;q=0.1", "en-US;q=0.1,de-DE"])
def test_languages_are_weighted_and_matched_whatever_their_case(world, sam, language):
    answer = sam.send("GET", f"{CASE}/{world.case()}", headers={"Accept-Language": language})
    assert answer.json()["case"][0]["status"]["displayValue"] == "Offen"


def test_every_language_has_its_own_texts(world, sam):
    number = world.case(stage="closed")
    messages, titles = {}, {}
    for locale in LOCALES:
        headers = {"Accept-Language": locale}
        refused = sam.edit(number, subject="x", headers=headers).json()
        assert refused["developerMessage"].isascii()
        messages[locale] = refused["userMessage"]
        titles[locale] = sam.send("GET", f"{CASE}/{number}", headers=headers).json()["case"][0]["status"][
            "displayValue"
        ]
    assert messages["de-DE"] == "Der Fall ist geschlossen."
    assert titles["ja-JP"] == "クローズ"
    assert sum(text == messages["en-US"] for text in messages.values()) == 1
    assert sum(title == "Closed" for title in titles.values()) == 1


def test_user_messages_can_be_left_out(sam):
    answer = sam.send("PATCH", CASE, json={}, headers={"X-egain-error-message": "no"})
    assert "userMessage" not in answer.json()


def test_lang_takes_precedence(world, sam):
    number = world.case()
    answer = sam.send("GET", f"{CASE}/{number}", params={"$lang": "sv-SE"})
    assert answer.json()["case"][0]["status"]["displayValue"] == "Öppet"
    assert code(sam.send("GET", f"{CASE}/{number}", params={"$lang": "tlh"})) == "400-1132"
