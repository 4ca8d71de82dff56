import pytest

from casework.dialects.webitel import etag
from casework.dialects.webitel.etag import Etag
from casework.domain.refusals import Invalid

VECTORS = [
    ("case", 1, 0, "QQQhS"),
    ("case", 42, 3, "QdQkm"),
    ("case", 300, 0, "QQQtrQh"),
    ("comment", 123456, 7, "QwRdRjQY"),
    ("relation", 9, 0, "QQSQk"),
]


@pytest.mark.parametrize(("kind", "number", "version", "text"), VECTORS)
def test_the_published_vectors(kind, number, version, text):
    assert etag.encode(kind, number, version) == text
    assert etag.decode(text, kind) == Etag(number, version)


@pytest.mark.parametrize("kind", ["case", "comment", "link", "relation", "communication"])
def test_every_kind_and_size_goes_there_and_back(kind):
    for number in (1, 127, 128, 2**31, 2**63 - 1):
        for version in (0, 1, 200, 2**31):
            assert etag.decode(etag.encode(kind, number, version), kind) == Etag(number, version)


def test_a_bare_id_is_version_0():
    assert etag.decode("4711", "case") == Etag(4711, 0)


@pytest.mark.parametrize(
    "text", ["", "0", "00", "99999999999999999999", "9223372036854775808", "QQQhT", "QQQhSQ", "QQQhSQQQ", "QQQ", "U",
             "é", "QQQhS=", "qqqhs", " 1", "-1", "1.0", "Q" * 49]
)  # fmt: skip
def test_what_is_no_etag(text):
    with pytest.raises(Invalid):
        etag.decode(text, "case")


def test_an_etag_of_another_kind_is_refused():
    with pytest.raises(Invalid):
        etag.decode(etag.encode("comment", 1, 0), "case")
