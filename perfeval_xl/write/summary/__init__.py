"""The summary workbooks: 绩效自评汇总表.xlsx of one unit, and (in ``units``) 全部单位汇总表.xlsx of several."""

from perfeval_xl.write.summary.workbook import summary_pieces

__all__ = ["summary_pieces"]
