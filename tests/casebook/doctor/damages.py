"""What may happen to the tables, and what the doctor says then: (check, subject) of each finding."""

LINK = (
    "insert into links (tenant_id, number, uid, case_number, created_at, created_by)"
    " select tenant_id, 9999, gen_random_uuid(), {}, now(), created_by from cases where number = 4"
)
TEXT = (
    "insert into event_texts (tenant_id, uid, n, version, salt, texts)"
    " select tenant_id, uid, n, version, '\\x00', '{}' from events"
    " where subject_kind = 'case' and subject = 1 and kind = 'watched'"
)
CATALOGUE = "0003_catalogue.sql"

DAMAGES: dict[str, tuple[str, set[tuple[str, str]]]] = {
    # rows
    "a member of the row": ("update cases set description = 'x' where number = 1", {("fold", "case 1")}),
    "a stamp of the row": ("update cases set touched_at = now() where number = 1", {("fold", "case 1")}),
    "a member of a comment": (
        "update comments set text = 'x' where case_number = 1 and text = 'One'",
        {("fold", "case 1")},
    ),
    "a lost comment": ("delete from comments where case_number = 1 and text = 'One'", {("fold", "case 1")}),
    "a lost relation": ("delete from relations where case_number = 1", {("fold", "case 1")}),
    "a lost escalation": ("delete from escalations where case_number = 1", {("fold", "case 1")}),
    "a comment that came back": (
        "update comments set deleted_at = null where case_number = 2",
        {("fold", "case 2")},
    ),
    "a thing out of nowhere": (
        LINK.format("number"),
        {("fold", "case 4")},
    ),
    "a thing on no case": (
        LINK.format("999"),
        {("fold", "case 999")},
    ),
    "a row that cannot be read": (
        "update cases set stage = 'bogus' where number = 4",
        {("fold", "case 4"), ("counters", "stage bogus"), ("counters", "stage new")},
    ),
    "a thing that cannot be read": (
        "update comments set audience = 'bogus' where case_number = 1 and text = 'One'",
        {("fold", "case 1")},
    ),
    "an access list that names no number": (
        "update cases set acl = '{\"bob\": \"r\"}' where number = 4",
        {("fold", "case 4")},
    ),
    "a lost case": (
        "delete from cases where number = 4",
        {(check, "case 4") for check in ("chain", "fold", "involvements", "search")} | {("counters", "stage new")},
    ),
    # chains
    "an altered event": (
        "update events set data = '{\"set\":{}}' where subject_kind = 'case' and subject = 1 and version = 4",
        {("chain", "case 1"), ("fold", "case 1")},
    ),
    "another actor": (
        "update events set actor = {kit} where subject_kind = 'case' and subject = 1 and version = 2",
        {("chain", "case 1")},
    ),
    "a time altered by a microsecond": (
        "update events set at = at + interval '1us' where subject_kind = 'case' and subject = 1 and version = 2",
        {("chain", "case 1")},
    ),
    "a time that is none": (
        "update events set at = 'infinity' where subject_kind = 'case' and subject = 1 and version = 2",
        {("chain", "case 1")},
    ),
    "a custom field": (
        "update cases set fields = '{\"large\": [1e23, {\"larger\": -1e301}]}' where number = 4",
        {("fold", "case 4")},
    ),
    "a missing event": (
        "delete from events where subject_kind = 'case' and subject = 1 and version = 3",
        {("chain", "case 1"), ("fold", "case 1")},
    ),
    "a missing event within a version": (
        "delete from events where subject_kind = 'case' and subject = 4 and n = 1",
        {("chain", "case 4"), ("fold", "case 4")},
    ),
    "no first event": (
        "delete from events where subject_kind = 'case' and subject = 1 and version = 1",
        {("chain", "case 1"), ("fold", "case 1")},
    ),
    "no last event": (
        "delete from events where subject_kind = 'case' and subject = 2 and version = 3",
        {("chain", "case 2"), ("fold", "case 2")},
    ),
    "no event at all": (
        "delete from events where subject_kind = 'case' and subject = 4",
        {("chain", "case 4"), ("fold", "case 4")},
    ),
    "a wrong head": ("update cases set hash = '\\x00' where number = 4", {("chain", "case 4")}),
    "an event that makes no sense": (
        "update events set data = '{\"set\":{\"nonsense\":1}}' where subject_kind = 'case' and subject = 4 and n = 0",
        {("chain", "case 4"), ("fold", "case 4")},
    ),
    "events of an unknown kind": (
        "update events set subject_kind = 'casket' where subject_kind = 'case' and subject = 4",
        {("chain", "case 4"), ("fold", "case 4"), ("chain", "kind casket")},
    ),
    "events of a case that is not there": (
        "update events set subject = 999 where subject_kind = 'case' and subject = 4",
        {("chain", "case 4"), ("fold", "case 4"), ("chain", "case 999")},
    ),
    "an altered event of a team": (
        "update events set via = 'x' where subject_kind = 'teams'",
        {("chain", "teams {crew}")},
    ),
    "a missing event of a team": ("delete from events where subject_kind = 'teams'", {("chain", "teams {crew}")}),
    "a wrong head of a team": (
        "update chains set hash = '\\x00' where subject_kind = 'teams'",
        {("chain", "teams {crew}")},
    ),
    "no head of a team": ("delete from chains where subject_kind = 'teams'", {("chain", "teams {crew}")}),
    "a lost team": (
        "delete from teams",
        {("chain", "teams {crew}"), ("references", "case 1")},
    ),
    # texts
    "an altered text": (
        "update event_texts set texts = '{\"set\":{\"text\":\"x\"}}' where texts::text like '%One%'",
        {("chain", "case 1"), ("fold", "case 1")},
    ),
    "another salt": ("update event_texts set salt = '\\x00' where texts::text like '%One%'", {("chain", "case 1")}),
    "a removed text": (
        "delete from event_texts where texts::text like '%One%'",
        {("chain", "case 1"), ("fold", "case 1")},
    ),
    "a text emptied without erasing it": (
        "update event_texts set texts = null where texts::text like '%One%'",
        {("chain", "case 1"), ("fold", "case 1")},
    ),
    "a text where there was none": (
        TEXT,
        {("chain", "case 1")},
    ),
    # what is derived
    "a lost total": ("delete from case_count_deltas where stage = 'new'", {("counters", "stage new")}),
    "a total too many": (
        "insert into case_counts (tenant_id, stage, n) values (1, 'waiting', 100000)",
        {("counters", "stage waiting")},
    ),
    "a lost involvement": ("delete from involvements where case_number = 4", {("involvements", "case 4")}),
    "an involvement too many": (
        "insert into involvements (tenant_id, subject, case_number, how) values (1, 77, 4, 'watching')",
        {("involvements", "case 4")},
    ),
    "involvement in nothing": (
        "insert into involvements (tenant_id, subject, case_number, how) values (1, 77, 999, 'watching')",
        {("involvements", "case 999")},
    ),
    "no search text": ("delete from case_search where case_number = 4", {("search", "case 4")}),
    "another title": ("update case_search set title = 'x' where case_number = 4", {("search", "case 4")}),
    "a deleted case that can be found": (
        "insert into case_search (tenant_id, case_number, title, words) values (1, 3, 'cs0000003 case 2', '')",
        {("search", "case 3")},
    ),
    # the feed and the migrations
    "versions that fall": (
        "update events set seq = -seq where subject_kind = 'case' and subject = 1 and version = 5",
        {("feed", "case 1")},
    ),
    "a place behind the end": (
        "update events set seq = 1000000 where subject_kind = 'case' and subject = 2 and version = 3",
        {("feed", "place 1000000")},
    ),
    "an altered migration": ("update migrations set digest = 'x' where number = 3", {("migrations", CATALOGUE)}),
    "a migration that is not there": ("delete from migrations where number = 3", {("migrations", CATALOGUE)}),
    "a migration from the future": (
        "insert into migrations (number, name, digest) values (9999, '9999_x.sql', 'x')",
        {("migrations", "9999_x.sql")},
    ),
}  # fmt: skip

DERIVED = {
    name: damage
    for name, damage in DAMAGES.items()
    if {check for check, _ in damage[1]} <= {"counters", "involvements", "search"}
}
"""Damages to what is derived from rows, which can be mended."""
