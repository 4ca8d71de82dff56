"""Reading many at once: pages, filters, search, the feed."""
