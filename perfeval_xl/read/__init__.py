"""Files → frames: everything that knows cells and headings."""
