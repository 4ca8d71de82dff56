"""What keeps a store in order: totals, checks, what world files wrote last."""
