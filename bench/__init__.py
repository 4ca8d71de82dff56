"""Reproducible benchmarks and the data generator (docs/performance.md says what is measured and how)."""
