"""Service levels as the store has them: versions of policies, holidays, and answers about one case."""
