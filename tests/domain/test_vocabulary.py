"""The tenant's words: which label, priority, source, type and service a case gets (DOMAIN §2, §3)."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import defaults
from casework.domain.case import Stage
from casework.domain.nouns import NOUNS, CaseType, Noun, Priority, Service, Source
from casework.domain.refusals import Invalid
from domain.cast import (
    ALSO_HIGH,
    BANKRUPTCY,
    BOUNDED,
    BUSY,
    BY_API,
    BY_HAND,
    CATALOG,
    CRITICAL,
    DEFAULT_SET,
    DONE_FIRST,
    EMPTY_SET,
    FRESH,
    GENERIC,
    GONE_PRIORITY,
    HIGH,
    LOW,
    NEW,
    NOON,
    NORMAL,
    OPEN,
    PLAIN_SERVICE,
    RETIRED,
    SERVICE,
    SHORT_SET,
    WORDS,
    noun,
    status,
    words,
)


def labels(*statuses):
    return words(statuses={s.number: s for s in statuses})


# ---- statuses


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_gets_its_own_label_where_there_is_one(stage):
    assert WORDS.status_for(stage).stage is stage


def test_of_several_labels_of_a_stage_the_first_that_is_not_deleted_is_taken():
    assert WORDS.status_for(Stage.OPEN).number == OPEN


@pytest.mark.parametrize(
    ("stage", "number"),
    [
        (Stage.NEW, FRESH),
        (Stage.OPEN, BUSY),
        (Stage.WAITING, BUSY),
        (Stage.PROPOSED, BUSY),
        (Stage.RESOLVED, DONE_FIRST),
        (Stage.CLOSED, DONE_FIRST),
        (Stage.CANCELED, DONE_FIRST),
    ],
)
def test_a_stage_that_the_set_lacks_gets_the_nearest_label(stage, number):
    assert WORDS.status_for(stage, SHORT_SET).number == number


def test_an_active_stage_without_plain_label_gets_the_initial_one():
    vocabulary = labels(status(2, Stage.RESOLVED, position=0), status(1, Stage.NEW, initial=True, position=1))
    assert vocabulary.status_for(Stage.OPEN).number == 1


def test_a_set_of_one_label_shows_it_for_every_stage():
    vocabulary = labels(status(1, Stage.NEW, initial=True))
    assert {vocabulary.status_for(stage).number for stage in Stage} == {1}
    vocabulary = labels(status(1, Stage.RESOLVED))
    assert {vocabulary.status_for(stage).number for stage in Stage} == {1}


@pytest.mark.parametrize("stage", Stage)
def test_a_set_without_labels_borrows_those_of_the_default_set(stage):
    assert WORDS.status_for(stage, EMPTY_SET) is WORDS.status_for(stage)


def test_the_set_of_a_case_is_that_of_its_status():
    assert WORDS.set_of(BUSY) == SHORT_SET
    assert WORDS.set_of(RETIRED) == DEFAULT_SET
    assert WORDS.set_of(None) == WORDS.set_of(999) == DEFAULT_SET


def test_a_status_by_number_must_be_there():
    assert WORDS.status(NEW).number == NEW
    for number in (999, RETIRED):
        with pytest.raises(Invalid) as refused:
            WORDS.status(number)
        assert refused.value.member == "status"


LABELS = st.builds(
    status,
    st.integers(1, 50),
    st.sampled_from(Stage),
    status_set=st.sampled_from([DEFAULT_SET, SHORT_SET]),
    initial=st.booleans(),
    position=st.integers(0, 5),
    deleted_at=st.sampled_from([None, None, NOON]),
)


@BOUNDED
@given(st.lists(LABELS, max_size=8, unique_by=lambda s: s.number), st.sampled_from(Stage))
def test_the_nearest_label_is_as_near_as_the_set_allows(found, stage):
    vocabulary = labels(status(99, Stage.NEW, initial=True), *found)
    label = vocabulary.status_for(stage, SHORT_SET)
    live = [s for s in found if s.status_set == SHORT_SET and s.deleted_at is None]
    if not live:
        assert label.status_set == DEFAULT_SET
        return
    assert label in live
    order = [(s.position, s.number) for s in live if s.stage is stage]
    if order:
        assert (label.position, label.number) == min(order)
    elif any(s.stage.done for s in live) and stage.done:
        assert label.stage.done
    elif not stage.done and any(not s.stage.done and not s.initial for s in live):
        assert not label.stage.done
        assert not label.initial
    elif not stage.done and any(s.initial for s in live):
        assert label.initial


# ---- priorities


@pytest.mark.parametrize(("rank", "number"), [(1, CRITICAL), (2, HIGH), (3, NORMAL), (4, LOW)])
def test_a_rank_gets_the_first_priority_that_carries_it(rank, number):
    assert WORDS.priority_for(rank).number == number


def test_a_rank_that_no_priority_carries_gets_the_nearest_and_on_a_tie_the_first():
    vocabulary = words(priorities={n: noun(Priority, n, rank=r) for n, r in ((5, 1), (6, 3))})
    assert [vocabulary.priority_for(rank).number for rank in (1, 2, 3, 4)] == [5, 5, 6, 6]


def test_when_all_priorities_are_deleted_they_still_name_the_rank():
    gone = {n: msgspec.structs.replace(p, deleted_at=NOON) for n, p in WORDS.priorities.items()}
    assert words(priorities=gone).priority_for(2).number == HIGH


def test_a_priority_by_number_must_be_there():
    assert WORDS.priority(ALSO_HIGH).rank == 2
    for number in (999, GONE_PRIORITY):
        with pytest.raises(Invalid) as refused:
            WORDS.priority(number)
        assert refused.value.member == "priority"


# ---- sources, types, services


def test_sources_and_services_are_found_by_what_they_say():
    assert WORDS.source_for("API").number == BY_API
    assert WORDS.source_for("MANUAL").number == BY_HAND
    assert WORDS.source_for("CALL") is None
    assert WORDS.service_for("mail").number == SERVICE
    assert WORDS.service_for("unknown") is None


def test_of_several_the_first_that_is_not_deleted_is_taken():
    rows = ((3, {}), (2, {}), (1, {"deleted_at": NOON}))
    vocabulary = words(
        sources={n: noun(Source, n, type="CALL", **more) for n, more in rows},
        services={n: noun(Service, n, code="mail", **more) for n, more in rows},
    )
    assert vocabulary.source_for("CALL").number == 2
    assert vocabulary.service_for("mail").number == 2


def test_the_built_in_type_of_a_base_is_its_first():
    vocabulary = words(types={n: noun(CaseType, n, base="generic") for n in (8, 7)})
    assert vocabulary.type_for("generic").number == 7
    assert WORDS.type_for("generic").number == GENERIC
    assert WORDS.type_for("bankruptcy").number == BANKRUPTCY
    assert WORDS.type_for("unknown") is None


def test_a_chain_leads_from_a_service_to_its_catalog():
    assert [node.number for node in WORDS.chain(SERVICE)] == [SERVICE, CATALOG]
    assert [node.number for node in WORDS.chain(PLAIN_SERVICE)] == [PLAIN_SERVICE]
    assert list(WORDS.chain(None)) == list(WORDS.chain(999)) == []


def test_a_chain_that_bites_its_tail_ends():
    vocabulary = words(services={1: noun(Service, 1, parent=2), 2: noun(Service, 2, parent=1)})
    assert len(list(vocabulary.chain(1))) == 10


# ---- what every tenant starts with


def test_every_tenant_starts_with_a_label_for_every_stage_in_order():
    assert [stage for _, _, stage, _ in defaults.STATUSES] == list(Stage)
    assert [key for key, _, _, initial in defaults.STATUSES if initial] == ["new"]


def test_the_labels_are_those_that_ibm_shows():
    assert [name for _, name, _, _ in defaults.STATUSES][:6] == [
        "New", "In Progress", "Waiting on Client", "Resolution Provided", "Resolved", "Closed",
    ]  # fmt: skip


def test_the_ranks_are_named_as_bottlecrm_names_them():
    assert [(name, rank) for _, name, rank, _ in defaults.PRIORITIES] == [
        ("Critical", 1), ("High", 2), ("Normal", 3), ("Low", 4),
    ]  # fmt: skip


def test_the_sources_of_all_doors_exist():
    assert {kind for _, _, kind in defaults.SOURCES} >= {"API", "MANUAL"}


def test_the_base_types_of_peach_are_built_in_and_generic_comes_first():
    bases = [base for base, _ in defaults.BASE_TYPES]
    assert len(set(bases)) == 14
    assert bases[0] == "generic"
    assert {"bankruptcy", "collection", "oFACSanctionedIndividual", "creditBureauDispute"} <= set(bases)


def test_every_noun_has_a_table_of_its_own():
    every = [kind for kind in Noun.__subclasses__() if not kind.__subclasses__()]
    assert set(NOUNS.values()) == set(every)
    assert all(NOUNS[kind.table] is kind for kind in every)
