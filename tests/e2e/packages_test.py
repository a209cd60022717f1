"""FHIR packages of the config from outside: loaded, kept compiled, compiled again when what was kept is no good, refused
with a sentence."""
import gzip
import io
import json
import pathlib
import subprocess
import tarfile
import tempfile
import unittest

from gateway import of_environment

TITLE = {
    "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/titled-plan", "version": "1",
    "name": "TitledPlan", "status": "active", "kind": "resource", "abstract": False, "type": "CarePlan",
    "baseDefinition": "http://hl7.org/fhir/StructureDefinition/CarePlan", "derivation": "constraint",
    "differential": {"element": [{"id": "CarePlan.title", "path": "CarePlan.title", "min": 1}]},
}
PARAMETER = {
    "resourceType": "SearchParameter", "url": "http://example.org/fhir/SearchParameter/plan-title", "name": "title",
    "status": "active", "code": "title", "base": ["CarePlan"], "type": "string", "expression": "CarePlan.title",
}


def package(folder, name, resources, dependencies=None):
    manifest = {"name": name, "version": "1.0.0", "fhirVersions": ["4.0.1"], "dependencies": dependencies or {}}
    files = [("package.json", manifest)] + [(f"r{i}.json", resource) for i, resource in enumerate(resources)]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for file, content in files:
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo("package/" + file)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    path = pathlib.Path(folder) / f"{name}.tgz"
    path.write_bytes(gzip.compress(packed.getvalue(), mtime=0))
    return path


class Packages(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def gateway(self, *paths):
        return of_environment(data=self.folder / "data", extra="packages:\n" + "".join(f"  - {path}\n" for path in paths))

    def parameters(self, gateway):
        """The names that a search of CarePlans knows, from the capability statement."""
        statement = json.loads(gateway.request("hospital", "GET", "/fhir/metadata").body)
        plans = next(r for r in statement["rest"][0]["resource"] if r["type"] == "CarePlan")
        return {row["name"] for row in plans["searchParam"]}

    def test_a_package_is_loaded_and_kept_and_compiled_again_when_what_was_kept_is_damaged(self):
        path = package(self.folder, "example.plan", [TITLE, PARAMETER], {"hl7.fhir.r4.core": "4.0.1"})
        kept = self.folder / "data" / "packages"
        with self.gateway(path) as gateway:
            self.assertIn("title", self.parameters(gateway))
        [file] = kept.iterdir()
        whole = file.read_bytes()
        with self.gateway(path) as gateway:
            self.assertIn("title", self.parameters(gateway))
        for damaged in (whole[:100], whole[:-8], whole[:2000] + b"\xff" * 8 + whole[2008:], b""):
            file.write_bytes(damaged)
            with self.gateway(path) as gateway:
                self.assertIn("title", self.parameters(gateway))
            self.assertEqual(file.read_bytes(), whole)

    def test_packages_are_loaded_behind_what_they_depend_on(self):
        base = package(self.folder, "example.base", [TITLE])
        child = dict(TITLE, url=TITLE["url"] + "-child", baseDefinition=TITLE["url"])
        above = package(self.folder, "example.above", [child, PARAMETER], {"example.base": "1.0.0"})
        with self.gateway(above, base) as gateway:
            self.assertIn("title", self.parameters(gateway))
        self.assertEqual(len(list((self.folder / "data" / "packages").iterdir())), 2)

    def test_the_gateway_does_not_start_with_a_package_that_cannot_be_used(self):
        lonely = package(self.folder, "example.lonely", [], {"example.nowhere": "2.0.0"})
        broken = self.folder / "broken.tgz"
        broken.write_bytes(b"no package")
        for path, sentence in ((lonely, "example.nowhere 2.0.0"), (broken, "not packed by gzip"), (self.folder / "none.tgz", "none.tgz")):
            gateway = self.gateway(path)
            with self.assertRaisesRegex(RuntimeError, sentence):
                gateway.start()
            gateway.process.stdout.close()
            gateway.folder.cleanup()


if __name__ == "__main__":
    unittest.main()
