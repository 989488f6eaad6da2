"""What was read, and what could not be worked: the lines beside the results, on standard error."""

from collections.abc import Iterable

from perfeval_xl.errors import BugError, write_log
from perfeval_xl.read.table.roles import load_roles
from perfeval_xl.screen.console import say
from perfeval_xl.write.overview import Part


def print_parts(parts: Iterable[Part], verbose: bool) -> None:
    """On standard error: the unit folders of a batch that were stopped; if asked, each workbook and its roles."""
    labels = {role.name: role.label for role in load_roles({})} if verbose else {}
    for part in parts:
        if isinstance(part.error, BugError):
            log = write_log(part.error.message)
            say(f"错误：{part.name}：程序出错了，这不是您的问题。详细记录在 {log}。", err=True)
            say("下一步：请把该文件发给维护人员；其他单位照常处理。", err=True)
        elif part.error:
            say(f"错误：{part.name}：{part.error.message}", err=True)
            say(f"下一步：{part.error.advice}", err=True)
        for file in part.manifest.get("inputs", ()) if verbose else ():
            found = "、".join(labels[role] for role in file["roles"]) or "没有可用的表"
            say(f"读取 {file['path']}：{found}", err=True)


def print_files(files: Iterable[tuple[str, int]], verbose: bool) -> None:
    """If asked, each file of a review and how many forms are in it."""
    for name, forms in files if verbose else ():
        say(f"读取 {name}：{forms} 份自评表" if forms else f"读取 {name}：没有自评表", err=True)
