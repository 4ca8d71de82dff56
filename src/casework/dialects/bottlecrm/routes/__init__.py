"""HTTP handlers: parse, call the casebook, render. No rules, no SQL.

Every path works with and without the slash at its end, which the routing takes off.
"""

from casework.dialects.bottlecrm.routes import cases, directory, sign_in, thread

HANDLERS = [
    sign_in.login,
    sign_in.refresh,
    sign_in.me,
    sign_in.organizations,
    cases.list_cases,
    cases.create_case,
    cases.get_case,
    cases.update_case,
    cases.patch_case,
    cases.delete_case,
    thread.add,
    thread.edit_comment,
    thread.patch_comment,
    thread.remove_comment,
    thread.download,
    thread.remove_attachment,
    *directory.HANDLERS,
]
