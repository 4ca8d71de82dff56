"""Public holidays, copied into a calendar when its country is named.

The library's data change with its releases; an answer that was given must not. So a calendar keeps the days it was
made with, and naming the country again takes what is known then.
"""

from typing import Any

import holidays

from casework.domain.refusals import Invalid

BEFORE, AHEAD = 15, 25
"""Years around the present that are copied."""


def copied(country: str | None, year: int) -> tuple[dict[str, Any], ...]:
    """Return the holidays of a country (`DE`) or of a part of it (`DE-BY`), as `Calendar.days` has them.

    Raises:
        Invalid: The country or its part is not known.
    """
    if country is None:
        return ()
    land, _, part = country.partition("-")
    try:
        found = holidays.country_holidays(
            land, subdiv=part or None, years=range(year - BEFORE, year + AHEAD + 1), language="en_US"
        )
    except NotImplementedError as error:
        msg = f"There are no holidays known for '{country}'."
        raise Invalid(msg, member="holidays") from error
    return tuple({"date": day.isoformat(), "name": name} for day, name in sorted(found.items()))
