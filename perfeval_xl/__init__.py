"""perfeval_xl: the yearly self-evaluation of budget projects (项目支出绩效自评), workbooks in, workbooks out."""

__version__ = "0.1.0"
