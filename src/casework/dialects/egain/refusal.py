"""A refusal that has its eGain code already: of what only this API knows (syntax, headers, parameters)."""

from casework.domain.refusals import Refusal


class Fault(Refusal):
    """What is wrong with a request, by its published or assigned code (spec/egain §6)."""

    code = "egain"

    def __init__(self, number: str, message: str, *, element: str | None = None) -> None:
        super().__init__(message, member=element)
        self.number = number
