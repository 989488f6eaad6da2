"""Targets and actuals as measures, rules as vectors, scores in hundredths of a point."""
