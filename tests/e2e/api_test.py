"""The HTTP contract from outside: real curl, real certificates, a real process."""
import copy
import json
import pathlib
import subprocess
import tempfile
import time
import unittest

from gateway import ROOT, Gateway, exact, of_environment

MAP = "sta-aurelia-discharge"
SAMPLE = ROOT / "mappings/library" / MAP / "samples/hospital_discharge.json"
FHIR = ["Content-Type: application/fhir+json"]
FORM = ["Content-Type: application/x-www-form-urlencoded"]


def observation(**members):
    return json.dumps({"resourceType": "Observation", "status": "final", "code": {"text": "a test"}, **members}).encode()


class Running(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = of_environment().start()

    @classmethod
    def tearDownClass(cls):
        code = cls.gateway.stop()
        cls.gateway.folder.cleanup()
        assert code == 0, f"the gateway ended with {code} after SIGTERM"

    def call(self, method, path, body=None, headers=(), client="hospital"):
        return self.gateway.request(client, method, path, body, headers)

    def outcome(self, answer, status, rule=None):
        """A refusal: the status, and an OperationOutcome with a rule in each issue."""
        self.assertEqual(answer.status, status, answer.body[:400])
        body = json.loads(answer.body)
        self.assertEqual(body["resourceType"], "OperationOutcome")
        rules = [issue["details"]["coding"][0]["code"] for issue in body["issue"]]
        if rule:
            self.assertIn(rule, rules)
        return body["issue"]


class Resources(Running):
    def test_create_read_update_vread_and_conflict(self):
        made = self.call("POST", "/fhir/Observation", observation(valueQuantity={"value": 1}), FHIR)
        self.assertEqual(made.status, 201, made.body)
        self.assertEqual(made.headers["etag"], 'W/"1"')
        self.assertIn("/fhir/Observation/", made.headers["location"])
        body = exact(made.body.decode())
        path = f"/fhir/Observation/{body['id']}"
        self.assertTrue(made.headers["location"].endswith(f"{path}/_history/1"))
        read = self.call("GET", path)
        self.assertEqual((read.status, read.body), (200, made.body))
        changed = json.loads(made.body) | {"status": "amended"}
        updated = self.call("PUT", path, json.dumps(changed).encode(), FHIR + ['If-Match: W/"1"'])
        self.assertEqual((updated.status, updated.headers["etag"]), (200, 'W/"2"'))
        self.outcome(self.call("PUT", path, json.dumps(changed).encode(), FHIR + ['If-Match: W/"1"']), 412)
        self.assertEqual(self.call("GET", path + "/_history/1").body, made.body)
        self.assertEqual(self.call("GET", path, headers=['If-None-Match: W/"2"']).status, 304)

    def test_keeps_the_digits_of_a_number(self):
        text = observation().decode()[:-1] + ', "valueQuantity": {"value": 1.500E1}}'
        made = self.call("POST", "/fhir/Observation", text.encode(), FHIR)
        self.assertEqual(made.status, 201, made.body)
        self.assertIn(b'"value":1.500E1', made.body)

    def test_says_everything_that_is_wrong_at_once(self):
        wrong = b'{"resourceType":"Observation","foo":1,"status":["final"],"effectiveDateTime":"2021-02-30"}'
        issues = self.outcome(self.call("POST", "/fhir/Observation", wrong, FHIR), 400)
        places = " ".join(place for issue in issues for place in issue.get("expression", []))
        for place in ("Observation.foo", "Observation.status", "Observation.effective", "Observation.code"):
            self.assertIn(place, places)
        self.assertNotIn("2021-02-30", json.dumps(issues))

    def places(self, issues):
        return [(issue["details"]["coding"][0]["code"], *issue.get("location", ["none"])) for issue in issues]

    def test_says_line_and_column_of_what_is_wrong(self):
        wrong = '\ufeff{\n "resourceType": "Observation",\n "note": [{"text": "\u00fc"}, {"text": "\u00fc", "foo": 1}],\n\t"status":\r\n["final"]}'.encode()
        issues = self.outcome(self.call("POST", "/fhir/Observation", wrong, FHIR), 400)
        self.assertEqual({place for _, *places in self.places(issues) for place in places}, {"3:47", "5:1", "1:1"})
        other = observation(id="b")
        for method, path, body, place in (
            ("PUT", "/fhir/Observation/a", b"\n" + other, ("id-mismatch", "2:%d" % (1 + other.index(b'"b"')))),
            ("POST", "/fhir/Patient", b"\n " + other, ("resource-type", "2:19")),
            ("POST", "/fhir/Observation", b'{\n"\xc3\xbc": tru}', ("json-syntax", "2:9")),
            ("POST", f"/local/{MAP}/$view", b'{\n"key": }', ("json-syntax", "2:8")),
            ("PUT", "/fhir/Observation/b", observation(id="b", status="nonsense"), ("binding-required", "1:43")),
        ):
            headers = FHIR if "fhir" in path else ["Content-Type: application/json"]
            answer = self.call(method, path, body, headers)
            found = self.places(json.loads(answer.body)["issue"])
            self.assertIn(place, found, (answer.body, path))
        # What is about the request and not about its body has no place in it.
        scope = self.outcome(self.call("POST", "/fhir/Observation", observation(), FHIR, client="registry"), 403)
        self.assertNotIn("location", scope[0])

    def test_a_large_body_with_many_mistakes_is_answered_soon(self):
        item = {"family": "x", "use": "nonsense", "foo": 1}
        wrong = json.dumps({"resourceType": "Patient", "text": {"status": "generated", "div": "x" * 200_000}, "name": [item] * 90_000}).encode()
        wrong += b" " * (16 * 1024 * 1024 - len(wrong))
        start = time.monotonic()
        issues = self.outcome(self.call("POST", "/fhir/Patient", wrong, FHIR), 400)
        self.assertLess(time.monotonic() - start, 10)
        self.assertGreater(len(issues), 100)
        self.assertGreater(len({issue["location"][0] for issue in issues if "location" in issue}), 90)

    def test_refuses_what_is_not_json_and_other_media(self):
        self.outcome(self.call("POST", "/fhir/Observation", b"{", FHIR), 400)
        self.outcome(self.call("POST", "/fhir/Observation", b"{}", ["Content-Type: text/plain"]), 415)
        self.outcome(self.call("GET", "/fhir/Observation/x", headers=["Accept: application/fhir+xml"]), 406)

    def test_unknown_things_are_not_found(self):
        self.outcome(self.call("GET", "/fhir/Observation/nobody"), 404)
        self.outcome(self.call("GET", "/fhir/Nothing/x"), 404)
        self.outcome(self.call("GET", "/nowhere"), 404)
        self.outcome(self.call("DELETE", "/fhir/metadata"), 405)

    def test_search_by_token_reference_and_date(self):
        for code, day in (("a", "2025-01-01"), ("b", "2025-02-01"), ("c", "2025-03-01")):
            coding = {"coding": [{"system": "urn:x", "code": code}]}
            made = self.call("POST", "/fhir/Observation", observation(code=coding, effectiveDateTime=day,
                                                                      subject={"reference": "Patient/search"}), FHIR)
            self.assertEqual(made.status, 201, made.body)
        for query, total in (("subject=Patient/search", 3), ("subject=Patient/search&code=urn:x|a,urn:x|b", 2),
                             ("subject=Patient/search&date=ge2025-02-01", 2), ("subject=Patient/search&date=2025-02", 1),
                             ("subject=Patient/search&code:not=urn:x|a", 2), ("subject=Patient/nobody", 0)):
            found = json.loads(self.call("POST", "/fhir/Observation/_search", query.encode(), FORM).body)
            self.assertEqual(found.get("total"), total, query)
            self.assertEqual(len(found.get("entry", [])), total, query)
        self.outcome(self.call("GET", "/fhir/Observation?codee=x"), 400)

    def test_pages_through_a_search(self):
        for number in range(5):
            self.call("POST", "/fhir/Observation", observation(subject={"reference": "Patient/pages"}), FHIR)
        path, seen = "/fhir/Observation?subject=Patient/pages&_count=2", []
        for _ in range(4):
            page = json.loads(self.call("GET", path).body)
            seen += [entry["resource"]["id"] for entry in page.get("entry", [])]
            following = [link["url"] for link in page["link"] if link["relation"] == "next"]
            if not following:
                break
            path = following[0][following[0].index("/fhir/"):]
        self.assertEqual((len(seen), len(set(seen))), (5, 5))


class Callers(Running):
    def test_health_and_metadata_are_open_and_nothing_else(self):
        self.assertEqual(self.call("GET", "/health", client=None).status, 200)
        statement = json.loads(self.call("GET", "/fhir/metadata", client=None).body)
        self.assertEqual((statement["resourceType"], statement["fhirVersion"]), ("CapabilityStatement", "4.0.1"))
        for method, path in (("GET", "/fhir/Patient/x"), ("GET", "/fhir/Patient"), ("POST", f"/local/{MAP}"), ("GET", f"/local/{MAP}/x")):
            self.outcome(self.call(method, path, b"{}" if method == "POST" else None, client=None), 401)
        self.assertEqual(self.call("GET", "/metrics").status, 404)
        self.assertEqual(self.call("GET", "/admin").status, 404)

    def test_advertises_only_what_it_answers(self):
        rest = json.loads(self.call("GET", "/fhir/metadata", client=None).body)["rest"][0]
        types = [resource["type"] for resource in rest["resource"]]
        self.assertIn("CarePlan", types)
        codes = {interaction["code"] for resource in rest["resource"] for interaction in resource["interaction"]}
        self.assertEqual(codes, {"create", "read", "vread", "update", "search-type"})
        plan = next(resource for resource in rest["resource"] if resource["type"] == "CarePlan")
        for parameter in plan["searchParam"]:
            self.assertIn(parameter["type"], ("token", "reference", "date", "string", "uri", "number", "quantity"))

    def test_scopes_hold(self):
        self.outcome(self.call("POST", "/fhir/Observation", observation(), FHIR, client="recovery-centre"), 403)
        self.outcome(self.call("POST", f"/local/{MAP}", SAMPLE, ["Content-Type: application/json"], "recovery-centre"), 403)
        self.outcome(self.call("GET", f"/local/{MAP}/x", client="other-centre"), 403)

    def test_refuses_a_certificate_of_another_authority(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([self.gateway.binary, "certs", folder], check=True, stdout=subprocess.DEVNULL)
            call = ["curl", "--silent", "--cacert", str(self.gateway.certs / "ca.crt"), "--cert", f"{folder}/hospital.crt",
                    "--key", f"{folder}/hospital.key", self.gateway.base + "/fhir/Patient/x"]
            self.assertNotEqual(subprocess.run(call, stdout=subprocess.DEVNULL).returncode, 0)

    def test_speaks_nothing_older_than_tls_1_2(self):
        call = ["curl", "--silent", "--cacert", str(self.gateway.certs / "ca.crt"), "--tls-max", "1.1", self.gateway.base + "/health"]
        self.assertNotEqual(subprocess.run(call, stdout=subprocess.DEVNULL).returncode, 0)


class LocalRecords(Running):
    def send(self, document, headers=("Content-Type: application/json",)):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.call("POST", f"/local/{MAP}", body, headers)

    def records(self, prefix, count):
        shape = json.loads(SAMPLE.read_text())["discharges"][0]
        for number in range(count):
            record = copy.deepcopy(shape)
            record["mrn"] = record["admission"]["no"] = f"{prefix}-{number}"
            yield record

    def test_ndjson_is_answered_line_by_line(self):
        body = "".join(json.dumps(record) + "\n" for record in self.records("ND", 5)) + "not json\n"
        answer = self.send(body.encode(), ["Content-Type: application/x-ndjson", "Accept: application/x-ndjson"])
        self.assertEqual(answer.status, 200)
        lines = [json.loads(line) for line in answer.body.decode().splitlines()]
        self.assertEqual([line.get("outcome") for line in lines[:-1]], ["created"] * 5 + ["quarantined"])
        self.assertEqual(lines[-1]["summary"], {"created": 5, "updated": 0, "unchanged": 0, "quarantined": 1})

    def test_a_file_that_cannot_be_read_leaves_nothing(self):
        document = {"export": {}, "discharges": list(self.records("CUT", 3))}
        self.outcome(self.send(json.dumps(document).encode()[:-40]), 400)
        form = f"identifier=urn:throughline:sta-aurelia:mrn|CUT-0&_summary=count".encode()
        self.assertEqual(json.loads(self.call("POST", "/fhir/Patient/_search", form, FORM).body)["total"], 0)
        self.outcome(self.send(b"{}", ["Content-Type: text/plain"]), 415)

    def test_a_retry_under_the_same_key_is_answered_as_before(self):
        document = {"export": {}, "discharges": list(self.records("IDEM", 2))}
        headers = ["Content-Type: application/json", "Idempotency-Key: one"]
        first, second = (json.loads(self.send(document, headers).body)["records"] for _ in range(2))
        self.assertEqual([record["outcome"] for record in first], ["created", "created"])
        self.assertEqual(second, first)
        third = json.loads(self.send(document).body)["records"]
        self.assertEqual([record["outcome"] for record in third], ["unchanged", "unchanged"])

    def test_what_a_record_no_longer_holds_is_deleted(self):
        record = next(self.records("GONE", 1))
        first = json.loads(self.send({"export": {}, "discharges": [record]}).body)["records"][0]
        record["aftercare"]["barriers"].pop()
        second = json.loads(self.send({"export": {}, "discharges": [record]}).body)["records"][0]
        self.assertEqual(second["outcome"], "updated")
        deleted = [made["reference"] for made in second["resources"] if made.get("deleted")]
        self.assertEqual(len(deleted), 1)
        self.assertIn(deleted[0], [made["reference"] for made in first["resources"]])
        self.outcome(self.call("GET", "/fhir/" + deleted[0]), 410)
        back = exact(self.call("GET", f"/local/{MAP}/{first['id']}").body.decode())
        self.assertEqual(len(back["discharges"][0]["aftercare"]["barriers"]), 2)

    def test_views_by_content_keep_numbers_out_of_urls(self):
        records = list(self.records("VIEW", 2))
        self.send({"export": {"system": "x"}, "discharges": records})
        for question in ({"key": ["VIEW-1", "VIEW-1"]}, {"patient": {"identifier": "urn:throughline:sta-aurelia:mrn|VIEW-1"}}):
            answer = self.call("POST", f"/local/{MAP}/$view", json.dumps(question).encode(), ["Content-Type: application/json"])
            self.assertEqual(answer.status, 200, answer.body)
            self.assertEqual([record["mrn"] for record in json.loads(answer.body)["discharges"]], ["VIEW-1"])
        answer = self.call("POST", f"/local/{MAP}/$view", b'{"key":["nobody","x"]}', ["Content-Type: application/json"])
        self.outcome(answer, 404)

    def test_a_preview_stores_nothing(self):
        document = json.dumps({"export": {}, "discharges": list(self.records("PRE", 1))}).encode()
        answer = self.call("POST", f"/local/{MAP}/$preview", document, ["Content-Type: application/json"])
        self.assertEqual(answer.status, 200, answer.body)
        record = json.loads(answer.body)["records"][0]
        self.assertEqual(record["outcome"], "mapped")
        self.assertGreater(len(record["resources"]), 5)
        self.assertGreater(len(record["trace"]), 5)
        form = b"identifier=urn:throughline:sta-aurelia:mrn|PRE-0&_summary=count"
        self.assertEqual(json.loads(self.call("POST", "/fhir/Patient/_search", form, FORM).body)["total"], 0)


if __name__ == "__main__":
    unittest.main()
