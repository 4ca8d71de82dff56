"""Casework: self-hosted case management behind five published case APIs."""

__version__ = "0.1.0"
