"""Execution beside the final accounts, and why they differ."""
