"""The published APIs, one folder each. A dialect translates and decides nothing (ARCHITECTURE §1)."""
