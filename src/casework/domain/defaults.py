"""What every tenant starts with: labels for the stages, ranks, sources, base types."""

from casework.domain.case import Stage

STATUSES = (
    ("new", "New", Stage.NEW, True),
    ("open", "In Progress", Stage.OPEN, False),
    ("waiting", "Waiting on Client", Stage.WAITING, False),
    ("proposed", "Resolution Provided", Stage.PROPOSED, False),
    ("resolved", "Resolved", Stage.RESOLVED, False),
    ("closed", "Closed", Stage.CLOSED, False),
    ("canceled", "Canceled", Stage.CANCELED, False),
)
"""Key, name, stage, initial."""

PRIORITIES = (
    ("critical", "Critical", 1, "red"),
    ("high", "High", 2, "orange"),
    ("normal", "Normal", 3, "blue"),
    ("low", "Low", 4, "green"),
)
"""Key, name, rank, palette colour."""

SOURCES = (("api", "API", "API"), ("email", "E-mail", "EMAIL"), ("manual", "By hand", "MANUAL"))
"""Key, name, type."""

BASE_TYPES = (
    ("generic", "Case"),
    ("bankruptcy", "Bankruptcy"),
    ("ceaseCommunication", "Cease Communication"),
    ("collection", "Collection"),
    ("deceased", "Deceased"),
    ("disputeOfDebt", "Dispute of Debt"),
    ("federalEmergency", "Federal Emergency"),
    ("identityTheft", "Identity Theft"),
    ("legalAction", "Legal Action"),
    ("militaryDuty", "Military Duty"),
    ("debtValidation", "Debt Validation"),
    ("oFACSanctionedIndividual", "OFAC Sanctioned Individual"),
    ("disputeOfPurchase", "Dispute of Purchase"),
    ("creditBureauDispute", "Credit Bureau Dispute"),
)
"""Base, name (spec/peach §4)."""
