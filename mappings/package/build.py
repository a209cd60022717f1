#!/usr/bin/env python3
"""Packs this folder as a FHIR package: build.py OUT.tgz. The same files give the same bytes, wherever and whenever."""
import gzip
import io
import json
import pathlib
import sys
import tarfile

FOLDER = pathlib.Path(__file__).resolve().parent
INDEXED = ("resourceType", "id", "url", "version", "kind", "type")


def index(files):
    """The .index.json that the package specification asks for."""
    rows = []
    for file in files:
        resource = json.loads(file.read_bytes())
        rows.append({"filename": file.name, **{name: resource[name] for name in INDEXED if name in resource}})
    return json.dumps({"index-version": 1, "files": rows}, indent=2).encode() + b"\n"


def contents():
    """(path in the package, bytes), the manifest first."""
    yield "package/package.json", (FOLDER / "package.json").read_bytes()
    for folder, part in (("package", "resources"), ("package/example", "examples")):
        files = sorted((FOLDER / part).glob("*.json"))
        yield f"{folder}/.index.json", index(files)
        for file in files:
            yield f"{folder}/{file.name}", file.read_bytes()


def main():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, data in contents():
            entry = tarfile.TarInfo(path)  # no owner, no time
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    with open(sys.argv[1], "wb") as out, gzip.GzipFile(filename="", fileobj=out, mode="wb", mtime=0) as zipped:
        zipped.write(packed.getvalue())


main()
