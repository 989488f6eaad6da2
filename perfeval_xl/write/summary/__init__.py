"""The summary workbook 绩效自评汇总表.xlsx."""

from perfeval_xl.write.summary.workbook import summary_bytes

__all__ = ["summary_bytes"]
