"""The summary workbooks: 绩效自评汇总表.xlsx of one unit, and 全部单位汇总表.xlsx of several."""

from perfeval_xl.write.summary.units import all_units_pieces
from perfeval_xl.write.summary.workbook import summary_pieces

__all__ = ["all_units_pieces", "summary_pieces"]
