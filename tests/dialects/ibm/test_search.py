"""`GET /cases?search=`: what is found, and what must not be found. facts.md §4, §11.13; DOMAIN §3 "Audience"."""

import pytest

from dialects.ibm.client import place_case, token_word, unique
from dialects.ibm.shapes import assert_refused


def test_it_finds_a_piece_of_the_subject_in_any_case(alice):
    word = token_word()
    number = alice.open(f"Python-SDK-IT {word} test")["number"]
    for text in (word, word.upper(), word[3:9], f"-SDK-IT {word.title()}", f"it {word} te"):
        assert number in alice.numbers(search=text, limit=100), text


@pytest.mark.parametrize("text", ["Python-SDK-IT", "Node SDK", "node sdk", "sdk-it"])
def test_it_finds_text_with_hyphens_and_spaces(alice, text):
    word = token_word()
    number = alice.open(f"{word} Python-SDK-IT and Node SDK")["number"]
    assert number in alice.numbers(search=text, sort="~created_at", limit=100)


def test_it_folds_letters_beyond_ascii(alice):
    word = token_word()
    number = alice.open(f"ÜBERWEISUNG ŁÓDŹ {word}")["number"]
    assert alice.numbers(search=f"überweisung łódź {word}") == [number]


def test_it_finds_an_emoji(alice):
    word = token_word()
    number = alice.open(f"🚀{word}🧯")["number"]
    assert alice.numbers(search=f"🚀{word}") == [number]


def test_it_finds_a_case_by_number_whole_or_in_part(alice):
    number = alice.open()["number"]
    assert number in alice.numbers(search=number)
    assert number in alice.numbers(search=number.lower())
    assert number in alice.numbers(search=number[1:], limit=100, sort="~number")


def test_it_finds_words_and_beginnings_of_words_in_the_description(alice):
    word = token_word()
    number = alice.open(description=f"Something about {word}, and more.")["number"]
    for text in (word, word.upper(), word[:8]):
        assert alice.numbers(search=text) == [number]


def test_it_finds_words_and_beginnings_of_words_in_public_comments(alice):
    word = token_word()
    number = alice.open()["number"]
    assert alice.numbers(search=word) == []
    alice.comment(number, f"It says {word} now.")
    for text in (word, word.upper(), word[:8]):
        assert alice.numbers(search=text) == [number]


def test_it_finds_public_comments_that_came_through_another_door(server, alice):
    word = token_word()
    number = place_case(server, comments=[{"by": "bob", "text": f"A {word} here", "audience": "public"}])
    assert alice.numbers(search=word) == [number]


def test_a_hit_never_reveals_an_internal_comment(server, alice, bob, carl):
    word = token_word()
    place_case(server, watchers=["carl"], comments=[{"by": "alice", "text": f"Secret {word}", "audience": "internal"}])
    for door in (alice, bob, carl):
        assert door.cases(search=word)["total_count"] == 0
        assert door.cases(search=word[:8])["total_count"] == 0


def test_a_hit_never_reveals_an_internal_file(server, alice, carl):
    word = token_word()
    place_case(server, watchers=["carl"], files=[{"name": f"{word}.txt", "text": f"{word}", "audience": "internal"}])
    for door in (alice, carl):
        assert door.cases(search=word)["total_count"] == 0


def test_it_does_not_find_what_is_not_there(alice):
    alice.open(subject := unique("Here"))
    assert alice.cases(search=f"{subject}x")["cases"] == []


@pytest.mark.parametrize("wild", ["%", "_", "\\", "%%", "\\%"])
def test_wildcards_mean_themselves(alice, wild):
    word = token_word()
    literal = alice.open(f"{word} a{wild}z")["number"]
    alice.open(f"{word} abcz")
    assert alice.numbers(search=f"{word} a{wild}z") == [literal]


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        "&",
        "|",
        "!",
        ":*",
        "(",
        ")",
        "<->",
        "a & b",
        "!!!",
        "'; DROP TABLE cases; --",
        "\\",
        "*",
        "?",
        "[",
        "a:b*",
        " ",
        "\t",
        "\u200b",
        "<script>",
        "~",
        "-",
        "😀",
    ],
)
def test_no_raw_text_reaches_a_query_language(alice, text):
    page = alice.cases(search=text)
    assert page["total_count"] >= len(page["cases"])


@pytest.mark.parametrize("mark", ["'", '"', "&", "|", "!", ":*", "(", "<->", "'; --"])
def test_signs_of_query_languages_are_found_in_the_subject(alice, mark):
    word = token_word()
    number = alice.open(f"{word} {mark} end")["number"]
    assert alice.numbers(search=f"{word} {mark} end") == [number]


def test_a_nul_in_the_text_is_no_server_error(alice):
    answer = alice.request("GET", "/cases?search=%00")
    if answer.status_code != 200:
        assert_refused(answer, 400)


def test_an_invalid_utf8_text_is_no_server_error(alice):
    answer = alice.request("GET", "/cases?search=%ff%fe")
    if answer.status_code != 200:
        assert_refused(answer, 400)


def test_a_very_long_text_is_no_server_error(alice):
    answer = alice.request("GET", "/cases", params={"search": f"{token_word()} " * 1000})
    if answer.status_code == 200:
        assert answer.json()["cases"] == []
    else:
        assert answer.status_code in {400, 414}


def test_plus_and_percent_twenty_both_mean_a_space(alice):
    word = token_word()
    number = alice.open(f"{word} two words")["number"]
    for query in (f"search={word}+two+words", f"search={word}%20two%20words"):
        assert [case["number"] for case in alice.result("GET", f"/cases?{query}")["cases"]] == [number]


def test_it_counts_all_hits_and_pages_through_them(alice):
    word = token_word()
    numbers = [alice.open(f"{word} {n}")["number"] for n in range(5)]
    page = alice.cases(search=word, limit=2, sort="number")
    assert page["total_count"] == 5
    assert [case["number"] for case in page["cases"]] == numbers[:2]
    assert alice.numbers(search=word, limit=2, offset=4, sort="number") == numbers[4:]


def test_it_combines_with_status_sort_and_fields(alice):
    word = token_word()
    first, second, third = (alice.open(f"{word} {n}")["number"] for n in range(3))
    alice.set_status(second, "resolve", resolution_code=1)
    page = alice.cases(search=word, status="new", sort="~number", fields="number")
    assert page["cases"] == [{"number": third}, {"number": first}]
    assert alice.numbers(search=word, status="resolved") == [second]
    assert alice.cases(search=word, status="closed")["total_count"] == 0


def test_it_stays_inside_the_tenant(alice, gina):
    number = alice.open(subject := unique("Walls"))["number"]
    assert gina.cases(search=subject)["total_count"] == 0
    assert alice.numbers(search=subject) == [number]


def test_it_stays_inside_what_a_restricted_user_may_see(alice, rita, carl):
    alice.open(subject := unique("Not yours"))
    for door in (rita, carl):
        assert door.cases(search=subject)["total_count"] == 0
        own = door.open(f"Mine {subject}")["number"]
        assert door.numbers(search=subject) == [own]
