"""Subscribing to events (spec/peach §12, openapi.yaml createWebhook)."""

import pytest

from dialects.peach.acceptance.client import word

KINDS = [
    "case.changed", "case.created", "case.updated", "case.deleted", "case.association.added",
    "case.association.removed", "case.donotinteract.changed", "case.donotinteract.created",
    "case.donotinteract.updated", "case.donotinteract.deleted", "case.donotinteract.expired",
    "case.escalation.changed", "case.escalation.created", "case.escalation.canceled",
]  # fmt: skip


def address():
    return f"https://{word()}.example/hook"


def test_a_subscription_is_accepted(alice):
    body = {"webhookType": "direct", "url": address(), "eventTypes": KINDS}
    assert alice.ok("POST", "/webhooks", body)["status"] == 200


@pytest.mark.parametrize(
    ("member", "value"),
    [("webhookType", None), ("webhookType", "indirect"), ("eventTypes", ["case.exploded"]), ("url", "no address")],
)
def test_a_subscription_of_an_unknown_form_is_refused(alice, member, value):
    body = {"webhookType": "direct", "url": address(), "eventTypes": ["case.changed"], member: value}
    alice.refused(400, "POST", "/webhooks", body)
