"""Service levels: working time, clocks over a case's history, and why they stand as they do (DOMAIN §5)."""
