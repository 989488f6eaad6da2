"""The results of one folder's units: each in its place with its forms, its summary, its report and its own manifest."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from perfeval_xl.findings import Finding
from perfeval_xl.model import Evaluation
from perfeval_xl.record import Record, replace
from perfeval_xl.write.edits import Edits, PlaceEdits
from perfeval_xl.write.files import Output, ResultsFolder
from perfeval_xl.write.filling import Forms, put
from perfeval_xl.write.manifest import Entry, ManifestPieces, manifest_of, name_forms, unit_entries, with_inputs_from
from perfeval_xl.write.names import MANIFEST, UnitPlace
from perfeval_xl.write.summary import summary_pieces

SUMMARY = "绩效自评汇总表.xlsx"


class Documents(Record):
    """What is wanted beside forms and summary: the report, the forms as its appendices, and what people changed."""

    report: bool = True
    appendices: bool = False
    keep_edits: bool = False


#: What is written where nothing else is said.
STANDARD = Documents()


class Written(Record):
    """What was written, by paths below the results, what was found while writing, and the manifest's entries of the units."""

    outputs: tuple[Output, ...] = ()
    findings: tuple[Finding, ...] = ()
    units: tuple[Entry, ...] | None = None


def write_units(
    target: ResultsFolder,
    way: str,
    evaluation: Evaluation,
    places: Mapping[str, UnitPlace],
    progress: Callable[[str], None],
    documents: Documents = STANDARD,
    origin: Mapping[str, object] | None = None,
    edits: Edits | None = None,
    jobs: int = 1,
) -> Written:
    """The forms, the summary and the report of each unit of a folder, the forms by so many processes where it pays.

    ``way`` leads from the results to the inputs. ``origin`` is what the manifests of the units of a batch say of the
    folder that they come from, for the next run.
    """
    outputs: list[Output] = []
    found: list[Finding] = []
    units: list[Entry] = []
    for unit, place in places.items():
        own = evaluation.of_unit(unit)
        back = f"../{way}" if place.folder and not Path(way).is_absolute() else way
        changed = edits.of_place(place.folder) if edits else None
        written, trouble, entries = _write_unit(target, place, own, back, changed, progress, documents, jobs)
        own = replace(own, findings=(*trouble, *own.findings))
        if place.folder:
            manifest = with_inputs_from(back, manifest_of(own, written, {unit: place.unit}, entries))
            if origin:
                manifest["origin"] = {**origin, "units": list(places), "unit": unit}
            target.write(place.folder, Output(MANIFEST, "manifest", ManifestPieces(manifest)))
            written = [replace(output, path=f"{place.folder}/{output.path}") for output in written]
        outputs += written
        found += trouble
        units += entries
    return Written(tuple(outputs), tuple(found), tuple(units))


def _write_unit(
    target: ResultsFolder,
    place: UnitPlace,
    own: Evaluation,
    way: str,
    changed: PlaceEdits | None,
    progress: Callable[[str], None],
    documents: Documents,
    jobs: int,
) -> tuple[list[Output], list[Finding], list[Entry]]:
    """One unit's results. While other processes fill the forms, this one makes all that does not need them."""
    progress(f"生成自评表 {place.unit}")
    unit = own.units[0]
    with Forms(target, place, unit, changed, own, way, jobs) as forms:
        reports, lacking = _report(own, documents, progress)
        reported, found = put(target, place, unit, changed, reports)
        progress(f"生成汇总表 {place.unit}")
        rows_of = forms.rows_of if forms.aside else None
        early = summary_pieces(own, way, rows_of) if rows_of and not (lacking or found) else []
        entries = unit_entries(own)
        written, trouble = forms.result()
    name_forms(entries, written)
    trouble += [*lacking, *found]

    def summary_with(further: Sequence[Finding]) -> list[bytes]:
        return summary_pieces(replace(own, findings=(*further, *own.findings)), way, rows_of)

    output = Output(SUMMARY, "summary", early if early and not trouble else summary_with(trouble))
    listed, wanted, edited = changed.settle(output, unit) if changed else (output, True, [])
    if edited and wanted:
        output = replace(output, content=summary_with([*edited, *trouble]))
    summary = target.write(place.folder, output) if wanted else listed
    return [*written, summary, *reported], [*edited, *trouble], entries


def _report(
    evaluation: Evaluation, documents: Documents, progress: Callable[[str], None]
) -> tuple[list[Output], list[Finding]]:
    """The unit's report, or why its template cannot be filled (O502). Without it docxtpl is not imported."""
    if not documents.report:
        return [], []
    from perfeval_xl.write.report.document import TemplateError
    from perfeval_xl.write.report.output import report_output

    unit = evaluation.units[0]
    progress(f"撰写自评报告 {unit}")
    try:
        return [report_output(evaluation, documents.appendices)], []
    except TemplateError as error:
        return [], [Finding("O502", f"报告模板{error}，没有生成报告。", unit)]


def way_to(folder: Path, results: Path) -> str:
    """The way from the results to the inputs, for links; absolute where there is none (another Windows drive)."""
    try:
        way = os.path.relpath(folder.resolve(), results.resolve())
    except ValueError:
        way = str(folder.resolve())
    return way.replace("\\", "/") + "/"
