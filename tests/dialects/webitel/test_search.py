import pytest

from dialects.webitel.client import Door


@pytest.fixture(scope="module")
def found(world, root: Door):
    """Six cases of one contact who has no others, and a way to ask for them by letter."""
    kit = root.world.server.apply(
        {
            "tenants": [
                {"key": "webitel", "persons": [{"key": "sue", "name": "Sue Seeker", "email": "sue@seek.example"}]}
            ]
        }
    )["persons"]["webitel/sue"]["webitel"]
    reporter = {"id": kit}
    made = {
        "a": world.case(subject="Alpha printer", reporter=reporter, rating="2", custom={"region": "north", "size": 3}),
        "b": world.case(subject="beta Printer", reporter=reporter, service=world.ref("services", "net"), rating="5"),
        "c": world.case(subject="gamma", reporter=reporter, assignee={"id": world.contact("anna")}),
        "d": world.case(subject="delta 100%", reporter=reporter, service=world.ref("services", "spam")),
        "e": world.case(
            subject="epsilon", reporter=reporter, status_condition=world.ref("statuses", "flow/done"),
            contact_info="ring twice", group=world.ref("teams", "desk"), custom={"size": 10},
            links=[{"url": "https://e.example"}],
        ),
        "f": world.case(
            subject="zeta", reporter=reporter, impacted=world.ref("persons", "lou"), description="Über",
            close_reason=world.ref("close_reasons", "std/fixed"),
        ),
    }  # fmt: skip
    letters = {case["id"]: letter for letter, case in made.items()}

    def ask(**params) -> str:
        page = root.get(f"/contacts/{kit}/cases", size=-1, **params)
        return "".join(letters[case["id"]] for case in page.get("items", []))

    ask.made, ask.kit = made, kit
    return ask


def test_newest_first_and_by_contact(found, root, world):
    assert found() == "fedcba"
    page = root.get("/cases", contact_id=found.kit, size=2)
    assert [case["id"] for case in page["items"]] == [found.made["f"]["id"], found.made["e"]["id"]]
    assert page["next"] is True
    assert root.get("/cases", contactId=world.contact("anna"), ids=found.made["c"]["id"])["items"]
    assert "items" not in root.get("/cases", contact_id="999999")


def test_q_and_where_it_looks(found):
    assert found(q="PRINTER") == "ba"
    assert found(q="*printer*") == "ba"
    assert found(q="100%") == "d"
    assert found(q="/^(alpha|zeta)/") == "fa"
    assert found(q="seek.example") == "fedcba"
    assert found(q="ring", qin="contact_info") == "e"
    assert found(q="ring", qin="subject") == ""
    assert found(q=found.made["c"]["id"], qin="id") == "c"
    assert found(q="x", qin="id") == ""
    assert found(q="it_", qin="name") == "fedcba"
    assert found(q=found.made["c"]["name"], qin="name") == "c"
    assert found(q="nothing", qin="unheard") == "fedcba"


def test_ids_and_etags(found):
    assert found(ids=f"{found.made['a']['id']},{found.made['b']['etag']}") == "ba"


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("subject", "abdecf"), ("-subject", "fcedba"), ("+id", "abcdef"), ("created_at", "abcdef"),
        ("rating", "abcdef"),
        ("nonsense", "abcdef"), ("createdAt", "abcdef"), ("name", "abcdef"),
    ],
)  # fmt: skip
def test_sorting(found, sort, order):
    assert found(sort=sort) == order


def test_sorting_by_the_names_of_what_is_referred_to(found):
    assert found(sort="service").endswith("d")
    assert set(found(sort="priority")[:1]) == {"b"}
    for name in ("status", "assignee", "reporter", "group", "source", "created_by", "author", "sla", "close_reason"):
        assert sorted(found(sort=f"-{name}")) == list("abcdef")


def test_filters_by_id(found, world):
    net, mail = (world.number("services", key) for key in ("net", "mail"))
    it = world.number("catalogs", "it")
    assert found(filters=f"service={net}") == "b"
    assert found(filters=f"service={mail}") == "fedca"
    assert found(filters=f"service={it}") == "fedcba"
    assert found(filters=f"service!={net}") == "fedca"
    assert found(filters=f"assignee={world.contact('anna')}") == "c"
    assert found(filters="assignee=null") == "fedba"
    assert found(filters=f"assignee=null,{world.contact('anna')}") == "fedcba"
    assert found(filters=f"priority={world.number('priorities', 'p1')}") == "b"
    assert found(filters=f"status={world.number('status_sets', 'flow')}") == "fedcba"
    assert found(filters=f"status_condition={world.number('statuses', 'flow/done')}") == "e"
    assert found(filters=f"statusCondition={world.number('statuses', 'flow/done')}") == "e"
    assert found(filters=f"group={world.number('teams', 'desk')}") == "e"
    assert found(filters=f"author={world.contact('root')}") == "fedcba"
    assert found(filters=f"close_reason={world.number('close_reasons', 'std/fixed')}") == "f"
    assert found(filters=f"impacted={world.number('persons', 'lou')}") == "f"
    assert found(filters=f"contact={world.contact('anna')}") == "c"


def test_other_filters(found):
    assert found(filters="status_condition.final=true") == "e"
    assert found(filters="status_condition.final=false") == "fdcba"
    assert found(filters="rating.from=3") == "b"
    assert found(filters="rating.to=3") == "a"
    assert found(filters="rating.from!=3") == "a"
    assert found(filters="attachments=true") == "e"
    assert found(filters="attachments=false") == "fdcba"
    assert found(filters="subject=print") == "ba"
    assert found(filters="description=über") == "f"
    assert found(filters="contact_info=RING") == "e"
    at = found.made["c"]["created_at"]
    assert found(filters=[f"created_at.from={at}"]) == "fedc"
    assert found(filters=[f"created_at.to={at}"]) == "cba"
    assert found(filters=[f"created_at.from={at}", f"created_at.to={at}"]) == "c"
    assert found(filters="resolved_at.from=1") == "e"


def test_and_and_or(found):
    assert found(filters="subject=alpha||subject=beta&&rating.from=3") == "ba"
    assert found(filters=["subject=a", "rating.from=1"]) == "ba"
    assert found(filters="subject=alpha && rating.from=3") == ""


def test_custom_fields(found):
    assert found(filters="region=north") == "a"
    assert found(filters="region=") == "fedcb"
    assert found(filters="region=*") == "a"
    assert found(filters="size=>5") == "e"
    assert found(filters="size=<5") == "a"
    assert found(filters="size=!3") == "fedcb"
    assert found(filters="size!=3") == "fedcb"
    assert found(filters="unheard=1") == "fedcba"


def test_text_search_goes_by_ids(found, root):
    assert found(filters="fts=printer") == ""
    assert found(filters="fts=printer", ids=found.made["a"]["id"]) == "a"
    hits = root.get("/search", q="gamma", object_name=["cases", "case_comments"])["items"]
    assert {"id": found.made["c"]["id"], "object_name": "cases", "text": "gamma"} in hits
    root.post(f"/cases/{found.made['d']['id']}/comments", {"text": "somebody said xylophone"})
    (hit,) = root.get("/search", q="xylophone")["items"]
    assert hit == {"id": found.made["d"]["id"], "object_name": "case_comments", "text": "somebody said xylophone"}
    assert "items" not in root.get("/search", q="")
    root.refused("GET", "/search", 400, q="x", object_name="contacts")


@pytest.mark.parametrize(
    ("expression", "letters"),
    [
        ('subject == "gamma"', "c"),
        ('case.subject == "gamma"', "c"),
        ('"gamma" == subject', "c"),
        ('subject != "gamma"', "fedba"),
        ("rating > 2", "b"),
        ("rating >= 2 && rating < 5", "a"),
        ("rating == 2 || rating == 5", "ba"),
        ("!(rating == 2) && notnull(rating)", "b"),
        ("rating in [2, 5]", "ba"),
        ("isnull(rating)", "fedc"),
        ("rating == null", "fedc"),
        ("rating != null", "ba"),
        ('like(subject, "print")', "ba"),
        ('like(subject, "%PRINTER")', "ba"),
        ('subject.startsWith("Alp")', "a"),
        ("status_condition.final", "e"),
        ("status_condition.final == false", "fdcba"),
        ("!status_condition.final", "fdcba"),
        ('priority.name == "Urgent"', "b"),
        ("isnull(assignee)", "fedba"),
        ('links.exists(l, l.url == "https://e.example")', "e"),
        ('size(links.filter(l, like(l.url, "e.example"))) > 0', "e"),
        ('!links.exists(l, l.url == "https://e.example")', "fdcba"),
        ('custom.region == "north"', "a"),
        ('custom["size"] > 5', "e"),
        ("has(custom.region)", "a"),
        ("created_at > 0", "fedcba"),
        ("true", "fedcba"),
        ("false", ""),
    ],
)
def test_cel(found, expression, letters):
    assert found(filters_v1=expression) == letters


@pytest.mark.parametrize(
    "expression",
    [
        "subject ==", "unheard == 1", "subject == 1", "rating == 'x'", "1 == 1", "subject", "5", "subject == subject",
        "[1]", "{'a': 1}", "comments.all(c, c.text == 'x')", "unheard.exists(c, c.text == 'x')", "like(subject)",
        "custom", "subject + 'x' == 'y'", "b'x' == subject", "size(links) > 0", "created_at > 999999999999999999",
        "links.exists(l, l.unheard == 'x')", "links.map(l, l.url) == 'x'", "(" * 300, "a" * 5000,
    ],
)  # fmt: skip
def test_cel_that_is_refused(root, expression):
    root.refused("GET", "/cases", 400, filters_v1=expression)


@pytest.mark.parametrize(
    "params",
    [
        {"filters": "nonsense"}, {"filters": "priority=x"}, {"filters": "created_at.from=x"}, {"filters": "=1"},
        {"filters": "status_condition.final=perhaps"}, {"filters": "attachments=perhaps"}, {"ids": "x"}, {"page": "x"},
        {"size": "x"}, {"page": "-1"}, {"contact_id": "x"}, {"q": "/(/"},
        {"filters": "&&".join(["rating.from=1"] * 60)},
        {"filters": "created_at.from=99999999999999999"},
    ],
)  # fmt: skip
def test_what_is_refused(root, params):
    root.refused("GET", "/cases", 400, **params)


def test_fields(found, root):
    number = found.made["a"]["id"]
    assert set(root.get("/cases", ids=number, fields="subject")["items"][0]) == {"subject", "id"}
    assert set(root.get("/cases", ids=number, fields="etag,SUBJECT unheard")["items"][0]) == {"etag", "subject"}
    assert set(root.get("/cases", ids=number, fields=["etag", "id", "ver"])["items"][0]) == {"etag", "id"}
    plain = root.get("/cases", ids=number)["items"][0]
    assert "custom" not in plain
    assert "comments" not in plain
    one = root.get(f"/cases/{number}", fields="id")
    assert one == {"id": number, "custom": {"region": "north", "size": 3}}
    assert root.get(f"/cases/{number}", fields="rate")["rate"] == {"rating": "2"}
    assert set(root.get(f"/cases/{number}", fields="dc")) == {"id", "dc", "custom"}


def test_size_0_is_10_and_page_0_is_1(root, world):
    for _ in range(11):
        world.case()
    page = root.get("/cases", size=0, page=0)
    assert len(page["items"]) == 10
    assert page["page"] == "1"
    assert page["next"] is True
