"""Reference data: lookups as tables (`simple.py`), the service catalogue, calendars, contacts, groups, access."""
