"""HTTP handlers: parse, call the casebook, render. No rules, no SQL."""

from casework.dialects.ibm.routes import attachments, cases, details, identity, utilities

HANDLERS = [
    cases.list_cases,
    cases.create_case,
    cases.get_case,
    cases.set_status,
    details.list_comments,
    details.add_comment,
    details.add_watchers,
    details.remove_watchers,
    details.add_resource,
    attachments.upload,
    attachments.download,
    attachments.remove,
    identity.issue_token,
    utilities.eu_support,
    utilities.offerings,
    utilities.resolution_codes,
    utilities.statuses,
]
