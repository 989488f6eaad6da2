"""Grids → tables with named columns → frames."""
