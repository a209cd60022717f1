"""FHIR packages of the config from outside: loaded, kept compiled, compiled again when what was kept is no good, refused
with a sentence."""
import gzip
import http.client
import io
import json
import os
import pathlib
import re
import ssl
import subprocess
import tarfile
import tempfile
import time
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

    def test_commands_name_a_package_that_is_missing_and_go_on_without_it(self):
        path = package(self.folder, "example.plan", [TITLE, PARAMETER], {"example.nowhere": "2.0.0"})
        resource = self.folder / "plan.json"
        resource.write_text(json.dumps({"resourceType": "CarePlan", "id": "p", "title": "Long way", "status": "active", "intent": "plan",
                                        "subject": {"display": "x"}}))
        for command in ("index", "validate"):
            for _ in range(2):  # also when the compiled package is at hand
                ran = subprocess.run([os.environ["THROUGHLINE_BINARY"], command, resource, "--package", path], text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.assertEqual(ran.returncode, 0, ran.stderr)
                self.assertIn("warning: example.plan 1.0.0 depends on example.nowhere 2.0.0, which is not among the packages", ran.stderr)

    def test_a_search_parameter_that_takes_too_long_or_fails_on_a_resource_is_named(self):
        costly = PARAMETER | {"expression": "CarePlan.activity.where(%resource.activity.combine($this).where(detail.code.text = 'x').empty()).detail.code.text"}
        failing = PARAMETER | {"url": PARAMETER["url"] + "-2", "code": "failing", "expression": "CarePlan.activity.single().detail.code.text"}
        path = package(self.folder, "example.plan", [costly, failing])
        plan = {"resourceType": "CarePlan", "id": "p", "status": "active", "intent": "plan", "subject": {"reference": "Patient/1"}, "title": "x",
                "activity": [{"detail": {"status": "completed", "code": {"text": str(i)}}} for i in range(2)]}
        resource = self.folder / "plan.json"
        resource.write_text(json.dumps(plan))

        def indexed():
            return subprocess.run([os.environ["THROUGHLINE_BINARY"], "index", resource, "--package", path], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        few = indexed()
        self.assertEqual(few.returncode, 0, few.stderr)
        self.assertIn('"param":"title"', few.stdout)
        self.assertRegex(few.stderr, r"plan.json:1: warning: the search parameter failing of CarePlan cannot be evaluated on this resource: .* \[search-unknown\]\n$")
        many = plan | {"activity": plan["activity"] * 2_000}
        resource.write_text(json.dumps(many))
        ran = indexed()
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertIn("plan.json:1: error: the search parameter title of CarePlan takes too many steps for this resource: send less at once [search-costly]\n", ran.stderr)
        self.assertIn('"param":"status"', ran.stdout)
        with self.gateway(path) as gateway:
            self.assertEqual(gateway.request("hospital", "POST", "/fhir/CarePlan", json.dumps(plan).encode(), ["Content-Type: application/fhir+json"]).status, 201)
            refused = gateway.request("hospital", "POST", "/fhir/CarePlan", json.dumps(many).encode(), ["Content-Type: application/fhir+json"])
            self.assertEqual(refused.status, 422)
            self.assertIn(b"search-costly", refused.body)

    def test_a_search_parameter_that_cannot_be_used_is_named_at_the_start(self):
        code, systolic = ({"definition": f"http://hl7.org/fhir/SearchParameter/{name}", "expression": expression}
                          for name, expression in (("clinical-code|4.0.1", "code"), ("Observation-value-quantity", "value.as(Quantity)")))
        pair = {"resourceType": "SearchParameter", "url": "http://example.org/fhir/SearchParameter/pair", "name": "pair", "status": "active",
                "code": "pair", "base": ["Observation"], "type": "composite", "expression": "Observation", "component": [code, systolic]}
        wrong = {
            "does not parse": dict(PARAMETER, expression="CarePlan.title.where("),
            "names no element": dict(PARAMETER, expression="CarePlan.heading"),
            "calls no function": dict(PARAMETER, expression="CarePlan.title.soundsLike()"),
            "has one component": dict(pair, component=[code]),
            "has a component that nobody knows": dict(pair, component=[code, dict(systolic, definition="http://example.org/none")]),
            "has a broken component": dict(pair, component=[code, dict(systolic, expression="value.as(")]),
        }
        resource = self.folder / "plan.json"
        resource.write_text(json.dumps({"resourceType": "CarePlan", "id": "p", "title": "Long way", "status": "active", "intent": "plan"}))
        index = lambda path: subprocess.run([os.environ["THROUGHLINE_BINARY"], "index", resource, "--package", path], text=True,
                                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        good = index(package(self.folder, "example.good", [PARAMETER, pair]))
        self.assertEqual((good.returncode, good.stderr), (0, ""))
        self.assertIn({"param": "title", "type": "string", "value": "Long way", "folded": "long way"}, map(json.loads, good.stdout.splitlines()))
        for name, parameter in wrong.items():
            path = package(self.folder, "example.wrong", [TITLE, parameter])
            sentence = f"example.wrong 1.0.0: the search parameter {parameter['url']} cannot be used: "
            with self.subTest(name):
                ran = index(path)
                self.assertEqual((ran.returncode, ran.stdout), (2, ""))
                self.assertIn(sentence, ran.stderr)
                for _ in range(2):  # also when the compiled package is at hand
                    gateway = self.gateway(path)
                    with self.assertRaisesRegex(RuntimeError, "exit 2"):
                        gateway.start()
                    gateway.process.stdout.close()
                    self.assertIn(sentence, gateway.log.read_text())
                    gateway.folder.cleanup()

    def test_what_was_stored_before_a_package_came_is_found_and_a_kill_in_the_middle_does_no_harm(self):
        plans = 1200
        verify = lambda gateway: subprocess.run([os.environ["THROUGHLINE_BINARY"], "verify", "--deep", "--config", gateway.config], text=True,
                                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with self.gateway() as gateway:
            self.put(gateway, plans)
        path = package(self.folder, "example.plan", [PARAMETER])
        kills = 0
        for _ in range(2):
            gateway = self.gateway(path)
            gateway.config.write_text(gateway.config_text)
            outdated = verify(gateway)
            self.assertEqual(outdated.returncode, 1, outdated)
            self.assertIn("index: index-outdated\nthe search index was made with other packages", outdated.stdout)
            with open(gateway.log, "wb") as log:
                starting = subprocess.Popen([gateway.binary, "serve", "--config", gateway.config], stdout=subprocess.PIPE, stderr=log)
            while not re.search(b"index.renewing|gateway.started", gateway.log.read_bytes()) and starting.poll() is None:
                time.sleep(0.002)
            starting.kill()
            starting.wait()
            kills += starting.stdout.read() == b""
            starting.stdout.close()
            gateway.folder.cleanup()
        self.assertGreater(kills, 0)
        with self.gateway(path) as gateway:
            found = json.loads(gateway.request("hospital", "GET", "/fhir/CarePlan?title=way&_summary=count").body)
            self.assertEqual(found["total"], plans)
            [renewed] = [json.loads(line) for line in gateway.log.read_text().splitlines() if "index.renewed" in line]
            self.assertLess(renewed["resources"], plans)
            self.assertEqual(renewed["unreadable"], 0)
            whole = verify(gateway)
            self.assertEqual((whole.returncode, whole.stdout[-12:]), (0, " 0 findings\n"), whole)

    def put(self, gateway, plans):
        """Stores so many plans, over one connection."""
        tls = ssl.create_default_context(cafile=gateway.certs / "ca.crt")
        tls.load_cert_chain(gateway.certs / "hospital.crt", gateway.certs / "hospital.key")
        connection = http.client.HTTPSConnection(gateway.base.split("//")[1], context=tls, timeout=20)
        for number in range(plans):
            plan = {"resourceType": "CarePlan", "id": f"n{number}", "status": "active", "intent": "plan", "title": f"Way {number}",
                    "subject": {"reference": "Patient/p"}}
            connection.request("PUT", f"/fhir/CarePlan/n{number}", json.dumps(plan), {"Content-Type": "application/fhir+json"})
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.read()[:0]), (201, b""))
        connection.close()


if __name__ == "__main__":
    unittest.main()
