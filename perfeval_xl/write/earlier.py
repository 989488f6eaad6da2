"""What an earlier run of a batch left: units whose folder has not changed since need not be worked again."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.json import encode

from perfeval_xl.jsonfile import read_manifest
from perfeval_xl.record import Record, field
from perfeval_xl.write.names import MANIFEST, UnitPlace
from perfeval_xl.write.overview import Part, below
from perfeval_xl.write.placing import digest_of_file


class EarlierUnits(Record):
    """The unit manifests in a results folder, by the unit folder that they come from: (place, manifest)."""

    results: Path
    by_folder: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] = field(default_factory=dict)

    def part(self, name: str, fingerprint: str) -> Part | None:
        """The folder's part, if all its units are there with this fingerprint and every result is as it was written."""
        own = {manifest["origin"]["unit"]: (place, manifest) for place, manifest in self.by_folder.get(name, ())}
        names = next(iter(own.values()))[1]["origin"]["units"] if own else []
        if not own or set(own) != set(names):
            return None
        units = [own[unit] for unit in names]
        if not all(
            manifest["origin"]["fingerprint"] == fingerprint and self._whole(place, manifest)
            for place, manifest in units
        ):
            return None
        places = {unit: UnitPlace(own[unit][1]["units"][0]["unit"], own[unit][0]) for unit in names}
        return Part(name, below(_together(units), name), places)

    def _whole(self, place: str, manifest: Mapping[str, Any]) -> bool:
        return all(
            digest_of_file(self.results / place / output["path"]) == output["sha256"] for output in manifest["outputs"]
        )


def earlier_units(results: Path) -> EarlierUnits:
    """The unit manifests in the results folder; what is none is passed over."""
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for path in sorted(results.glob(f"*/{MANIFEST}")) if results.is_dir() else ():
        try:
            if manifest := read_manifest(path):
                found.setdefault(manifest["origin"]["folder"], []).append((path.parent.name, manifest))
        except (KeyError, TypeError):
            continue
    return EarlierUnits(results, found)


def _together(units: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """One manifest of a folder's units, as it was before each got its own: what is nobody's stands in all of them."""
    first = units[0][1]
    findings = {
        encode(entry): entry
        for _, manifest in units
        for entry in manifest["findings"]
        if entry["code"] != "O503"  # told by the run that found the change; one that is there still is found again
    }
    return {
        **{name: first[name] for name in ("tool", "version", "year", "scheme")},
        "inputs": [entry | {"path": entry["path"].rpartition("/")[2]} for entry in first["inputs"]],
        "units": [unit for _, manifest in units for unit in manifest["units"]],
        "outputs": [
            output | {"path": f"{place}/{output['path']}"}
            for place, manifest in units
            for output in manifest["outputs"]
        ],
        "findings": list(findings.values()),
    }
