"""Write what the product is made of, as CycloneDX 1.6: `python tools/bill_of_materials.py FILE`.

Names, versions, licences and hashes of everything that a wheel of the platform runs on or carries
inside. Licences are what the installed packages say of themselves. Two runs over the same pins give
the same bytes: the file holds no time and no random number.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from lock import ROOT, normalised, read_pins
from packageurl import PackageURL

# Of the packages that build the product, those whose content it carries: icons and letters.
CARRIED = {"lucide", "fontpkg-onest"}
NAME = "bridge-platform"


def licence_of(name: str) -> str:
    """What the package says in one line; empty where it is not installed or says nothing."""
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if said := found.get("License-Expression"):
        return str(said)
    prefix = "License :: "
    classified = [
        one.rsplit(" :: ", 1)[-1]
        for one in found.get_all("Classifier") or []
        if one.startswith(prefix) and one.count(" :: ") > 1
    ]
    if classified:
        return ", ".join(sorted(classified))
    lines = str(found.get("License") or "").splitlines()
    return lines[0].strip() if lines else ""


def components() -> Iterator[Component]:
    pins = read_pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    building = read_pins((ROOT / "requirements-build.txt").read_text(encoding="utf-8"))
    pins |= {name: pin for name, pin in building.items() if name in CARRIED}
    for name, (version, hashes) in sorted(pins.items()):
        address = PackageURL("pypi", None, name, version)
        licence = licence_of(name)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=str(address),
            purl=address,
            licenses=[DisjunctiveLicense(name=licence)] if licence else [],
            hashes=[
                HashType(alg=HashAlgorithm.SHA_256, content=one.removeprefix("sha256:"))
                for one in hashes
            ],
        )


def bill() -> str:
    version = metadata.version(NAME)
    whole = Component(
        name=normalised(NAME), version=version, type=ComponentType.APPLICATION, bom_ref=NAME
    )
    parts = list(components())
    bom = Bom(components=parts)
    bom.metadata.component = whole
    # Both are made anew for each file by default.
    content = "".join(sorted(str(part.bom_ref) for part in parts))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, f"{NAME} {version} {content}")
    bom.metadata.timestamp = None
    bom.register_dependency(whole, parts)
    return str(JsonV1Dot6(bom).output_as_string(indent=2))


def main(target: str) -> None:
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(bill() + "\n", encoding="utf-8")
    print(f"{path}: {len(list(components()))} components")


if __name__ == "__main__":
    main(sys.argv[1])
