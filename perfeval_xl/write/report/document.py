"""A Word template, compiled once and filled many times. The same values give the same bytes.

The tags are docxtpl's (``{{ 名称 }}``, ``{%p for … %}``, ``{%tr for … %}``), and docxtpl makes plain Jinja of them; one is
this module's own: a cell with ``{{ 名称|合并 }}`` merges downwards over what stands together (:class:`Level`). A template
is somebody's file: it is run in a sandbox, without a loader and without globals, and whatever it does is a
:class:`TemplateError`.
"""

import io
import re
import zipfile
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record
from perfeval_xl.text import nearest
from perfeval_xl.write.template.package import Package, Part, lay_out_package, make_part
from perfeval_xl.write.template.sound import read_template

_FILLED = lazy_pattern(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_NOT_IN_XML = lazy_pattern("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
_MISSING = lazy_pattern(r"【待补充：[^】<]*】")
_RUN_PROPERTIES = lazy_pattern(r"<w:rPr>.*?</w:rPr>", re.DOTALL)
#: What stands behind w:highlight in a run's properties.
_BEHIND_HIGHLIGHT = lazy_pattern(
    r"<w:(?:u|effect|bdr|shd|fitText|vertAlign|rtl|cs|em|lang|eastAsianLayout|specVanish|oMath|rPrChange)\b|</w:rPr>"
)
_CELL = lazy_pattern(r"<w:tc>(?:(?!<w:tc>).)*?</w:tc>", re.DOTALL)
_MERGED = lazy_pattern(r"\{\{\s*([^{}|]+?)\s*\|\s*合并\s*\}\}")
_BEFORE_MERGE = lazy_pattern(r"<w:tcPr>(?:<w:(?:cnfStyle|tcW|gridSpan)\b[^>]*/>)*")
#: What multiplies texts or calls itself; a template needs names, conditions and loops.
_REFUSED = (nodes.Mul, nodes.Pow, nodes.Mod, nodes.Concat, nodes.Macro, nodes.CallBlock, nodes.FilterBlock)
_LENGTHENING = frozenset(
    {"center", "format", "indent", "replace", "wordwrap", "xmlattr", "urlize", "join", "batch", "slice"}
)
_DEEPEST = 4
_UNKNOWN = lazy_pattern(r"^'([^']+)' is undefined|has no attribute '([^']+)'")


class TemplateError(Exception):
    """What is wrong with a template, in Chinese."""


class Level(Record):
    """A text that stands under each other in several rows; ``first`` is the one that is printed."""

    text: str
    first: bool

    def __str__(self) -> str:
        return self.text


class RawXml(Record):
    """Finished elements that stand in the place of a whole paragraph (``{{p 名称 }}``); never made of a text as it is."""

    xml: str


def _word_text(value: object) -> Markup:
    """A value as the inside of a ``w:t``, as written but for what XML cannot hold, also where a template calls it safe."""
    if isinstance(value, RawXml):
        return Markup(value.xml)
    text = _NOT_IN_XML.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return Markup(text.replace("\n", _BREAK).replace("\t", _TAB))


class _Sandbox(ImmutableSandboxedEnvironment):
    """Besides the sandbox's own rules, a template may not work for long nor make long texts out of short ones."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        refused = next(tree.find_all(_REFUSED), None)
        if refused is not None:
            raise TemplateSyntaxError(f"{type(refused).__name__} 不能用在模板中", refused.lineno)
        for used in tree.find_all(nodes.Filter):
            if used.name in _LENGTHENING:
                raise TemplateSyntaxError(f"{used.name} 不能用在模板中", used.lineno)
        for loop in tree.find_all(nodes.For):
            if _depth(loop) > _DEEPEST:
                raise TemplateSyntaxError(f"循环嵌套超过 {_DEEPEST} 层", loop.lineno)
        return tree


def _depth(loop: nodes.For) -> int:
    return 1 + max((_depth(inner) for inner in loop.find_all(nodes.For)), default=0)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = _Sandbox(autoescape=True, undefined=StrictUndefined, finalize=_word_text)
    environment.globals.clear()
    environment.filters["合并"] = lambda value: value if getattr(value, "first", True) else ""
    environment.filters["合并方式"] = lambda value: "restart" if getattr(value, "first", True) else "continue"
    return environment


class WordTemplate(Record):
    """``constant``: the parts that are copied; ``filled``: name → compiled text of those that hold tags."""

    name: str
    constant: Package
    filled: Mapping[str, Template]

    def fill(self, values: Mapping[str, Any], names: Collection[str]) -> bytes:
        """The document. ``names`` are those that a template may use. Raises :class:`TemplateError`."""
        parts = [make_part(name, self._part(template, values, names)) for name, template in self.filled.items()]
        return self.constant.pack(parts)

    def _part(self, template: Template, values: Mapping[str, Any], names: Collection[str]) -> bytes:
        try:
            xml = _highlight_missing(template.render(values)).encode("utf-8", "replace")
            root = etree.fromstring(xml, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))
        # A template is a program of its own: whatever it raises is its fault, and the officer's to mend.
        except Exception as error:
            raise TemplateError(f"“{self.name}”{_in_chinese(error, names)}") from None
        if root.find(".//{*}t/{*}tbl") is not None:
            raise TemplateError(f"“{self.name}”中的自评表要写成“{{{{p 表.自评表 }}}}”，单独成段")
        return xml


@cache
def compile_template(path: Path) -> WordTemplate:
    """Read a template once. Raises :class:`TemplateError`."""
    name = f"{path.parent.name}/{path.name}"
    environment, filled, constant = _environment(), {}, []
    try:
        parts = read_template(path)
        with zipfile.ZipFile(path) as package:
            for part in parts:
                if _FILLED.fullmatch(part.name) and (b"{{" in (xml := package.read(part.name)) or b"{%" in xml):
                    filled[part.name] = environment.from_string(_plain_jinja(xml))
                else:
                    constant.append(part)
    except TemplateSyntaxError as error:
        raise TemplateError(f"“{name}”{_in_chinese(error, ())}") from None
    except (OSError, zipfile.BadZipFile, etree.XMLSyntaxError, NotImplementedError) as error:
        raise TemplateError(f"“{name}”打不开，或不是 Word 文档（{error}）") from None
    return WordTemplate(name, lay_out_package(_types_first(constant)), filled)


def _types_first(parts: list[Part]) -> list[Part]:
    """The parts with the list of content types in front, where strict readers look for it."""
    return sorted(parts, key=lambda part: part.name != "[Content_Types].xml")


def _plain_jinja(xml: bytes) -> str:
    """A part's XML with docxtpl's tags made plain, and a line per paragraph so that an error can be found."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    text = DocxTemplate(io.BytesIO()).patch_xml(etree.tostring(root, encoding="unicode"))
    return re.sub(r"(?=<w:p[ >])", "\n", _CELL.sub(_with_merge, text))


def _with_merge(cell: re.Match[str]) -> str:
    """A cell that holds ``{{ 名称|合并 }}`` says in its properties whether it begins a merged cell or continues one."""
    found = _MERGED.search(cell[0])
    if not found:
        return cell[0]
    merge = f'<w:vMerge w:val="{{{{ ({found[1]})|合并方式 }}}}"/>'
    if "<w:tcPr>" not in cell[0]:
        return cell[0].replace("<w:tc>", f"<w:tc><w:tcPr>{merge}</w:tcPr>", 1)
    bare = re.sub(r"<w:vMerge\b[^>]*/>", "", cell[0])
    return _BEFORE_MERGE.sub(lambda before: before[0] + merge, bare, count=1)


def _highlight_missing(xml: str) -> str:
    """Every 【待补充：…】 in a run of its own, like its neighbours but yellow."""
    pieces, done, plain = [], 0, "<w:rPr></w:rPr>"
    for mark in _MISSING.finditer(xml):
        paragraph = max(xml.rfind("<w:p>", done, mark.start()), xml.rfind("<w:p ", done, mark.start()), done)
        run = max(xml.rfind("<w:r>", paragraph, mark.start()), xml.rfind("<w:r ", paragraph, mark.start()))
        if run >= 0:
            found = _RUN_PROPERTIES.search(xml, run, xml.find("<w:t", run))
            plain = found[0] if found else "<w:rPr></w:rPr>"
        # Otherwise the same run as the mark before, and so the same properties
        yellow = _BEHIND_HIGHLIGHT.sub(
            lambda behind: '<w:highlight w:val="yellow"/>' + behind[0], re.sub(r"<w:highlight\b[^>]*/>", "", plain), 1
        )
        start = '<w:t xml:space="preserve">'
        pieces += [
            xml[done : mark.start()],
            f"</w:t></w:r><w:r>{yellow}{start}{mark[0]}</w:t></w:r><w:r>{plain}{start}",
        ]
        done = mark.end()
    return "".join([*pieces, xml[done:]])


def _in_chinese(error: Exception, names: Collection[str]) -> str:
    """What a template's error means for the officer who edits it."""
    words = str(getattr(error, "message", None) or error)
    if unknown := _UNKNOWN.search(words):
        name = unknown[1] or unknown[2]
        return f"中的名称“{name}”不认识{nearest(name, sorted(names))}"
    if isinstance(error, TemplateSyntaxError):
        where = _paragraph_at(error)
        return f"的标记写法有误（{words}）" + (f"，在“{where}”一段" if where else "")
    return f"不能填写（{type(error).__name__}：{words[:200]}）"


def _paragraph_at(error: TemplateSyntaxError) -> str:
    lines = (error.source or "").splitlines()
    line = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else ""
    return re.sub(r"<[^>]*>", "", line).strip()[:60]
