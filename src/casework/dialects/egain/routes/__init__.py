"""HTTP handlers: parse, call the casebook, render. No rules, no SQL."""

from casework.dialects.egain.routes import cases, edit, notes, oauth, sessions

HANDLERS = [
    edit.edit_case,
    edit.close_case,
    edit.change_customer,
    cases.search,
    cases.attributes,
    cases.by_ids,
    notes.create,
    notes.listed,
    notes.one,
    notes.remove,
    oauth.token,
    oauth.ask,
    oauth.sign_in,
    sessions.log_in,
    sessions.log_out,
]
