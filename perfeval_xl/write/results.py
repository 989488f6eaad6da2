"""The results of one folder's units: each in its place with its forms, its summary and a manifest of its own."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from perfeval_xl.model import Evaluation
from perfeval_xl.write.files import MANIFEST, Output, ResultsFolder, UnitPlace
from perfeval_xl.write.forms import form_outputs
from perfeval_xl.write.manifest import manifest_bytes, manifest_of, with_inputs_from
from perfeval_xl.write.summary import summary_bytes

SUMMARY = "绩效自评汇总表.xlsx"


def write_units(
    target: ResultsFolder,
    way: str,
    evaluation: Evaluation,
    places: Mapping[str, UnitPlace],
    progress: Callable[[str], None],
    origin: Mapping[str, object] | None = None,
) -> list[Output]:
    """The forms and the summary of each unit of a folder; the outputs' paths are those below the results.

    ``way`` leads from the results to the inputs. ``origin`` is what the manifests of the units of a batch say of the
    folder that they come from, for the next run.
    """
    outputs: list[Output] = []
    for unit, place in places.items():
        own = evaluation.of_unit(unit)
        progress(f"生成自评表 {place.unit}")
        written = [target.write(place.folder, output) for output in form_outputs(own)]
        progress(f"生成汇总表 {place.unit}")
        back = f"../{way}" if place.folder and not Path(way).is_absolute() else way
        content = summary_bytes(own, back)
        written.append(target.write(place.folder, Output(SUMMARY, "summary", content)))
        if place.folder:
            manifest = with_inputs_from(back, manifest_of(own, written, {unit: place.unit}))
            if origin:
                manifest["origin"] = {**origin, "units": list(places), "unit": unit}
            target.write(place.folder, Output(MANIFEST, "manifest", manifest_bytes(manifest)))
            written = [replace(output, path=f"{place.folder}/{output.path}") for output in written]
        outputs += written
    return outputs


def way_to(folder: Path, results: Path) -> str:
    """The way from the results to the inputs, for links; absolute where there is none (another Windows drive)."""
    try:
        way = os.path.relpath(folder.resolve(), results.resolve())
    except ValueError:
        way = str(folder.resolve())
    return way.replace("\\", "/") + "/"
