"""Benchmarks: not part of the suite; each prints ratios measured in its own run."""
