"""Benchmarks: each prints its figures beside their targets. Run all with `make bench`."""
