"""PostgreSQL and blobs: one module of SQL per noun. The rest of the system sees values, never rows' text."""
