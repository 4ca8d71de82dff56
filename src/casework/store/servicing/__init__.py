"""Statements about what servicing loans needs beside the case: borrowers, lists of nouns, tasks, matches."""
