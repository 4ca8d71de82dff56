"""Cases as this API has them: which fields they show, how they are found, and what a body asks of them."""
