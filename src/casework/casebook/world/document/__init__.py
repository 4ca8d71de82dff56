"""The file itself: its shape, what must hold within it, and what its entries name."""
