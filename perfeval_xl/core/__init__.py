"""Frames → frames: pure pandas; no files, no clock, no printing."""
