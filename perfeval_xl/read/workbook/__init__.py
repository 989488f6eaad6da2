"""Any spreadsheet file → grids of addressed cells, safely."""
