"""What the terminal shows: progress on standard error, the findings, and the closing lines with the next step.

Nothing is imported here: progress is shown while the rest is loaded.
"""
