"""Benchmarks: each prints its figure on the last line and exits non-zero short of its target (docs/performance.md)."""
