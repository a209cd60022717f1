"""`map run --to local`: what is read, and what is said of input that is not its own."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BINARY = os.environ["THROUGHLINE_BINARY"]

MAP = """map: {name}
local: {{format: csv, key: NO}}
fields:
  NO:
    required: true
    fhir: person.identifier[no].value
  NAME: person.name[n].text
  BORN: person.birthDate
  SCORE:
    type: integer
    fhir: score.valueInteger
resources:
  person:
    type: Patient
    identifier[no].system: urn:example:no
    name[n].use: official
  score:
    type: Observation
    status: final
    code.text: score
    subject: =person
"""
FILE = "NO,NAME,BORN,SCORE\n1,Ann,1990-01-01,3\n"


class ToLocal(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.map = self.write("map.yaml", MAP.format(name="own"))

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def run_map(self, to, path, named="map.yaml"):
        ledger = self.folder / "ledger.csv"
        done = subprocess.run([BINARY, "map", "run", self.folder / named, "--to", to, path, "--ledger", ledger],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.ledger = ledger.read_text() if ledger.exists() else ""
        return done.returncode, done.stdout.decode(), done.stderr.decode().replace(str(self.folder) + "/", "")

    def bundles(self, named="map.yaml"):
        code, out, said = self.run_map("fhir", self.write("in.csv", FILE), named)
        self.assertEqual((code, said), (0, ""))
        return out

    def back(self, text, code, *said, name="in.ndjson"):
        got, out, err = self.run_map("local", self.write(name, text))
        self.assertEqual(got, code, err)
        for line in said:
            self.assertIn(line, err)
        if not said:
            self.assertEqual(err, "")
        return out

    def test_its_own_comes_back(self):
        self.assertEqual(self.back(self.bundles(), 0), FILE)
        self.assertEqual(self.back(self.bundles() * 2, 0), FILE + FILE.splitlines(True)[1])

    def test_what_was_written_for_another_map_is_told(self):
        self.write("other.yaml", MAP.format(name="other").replace("urn:example:no", "urn:example:others"))
        out = self.back(self.bundles("other.yaml"), 1,
                        "in.ndjson:1:1: warning: what stood around the records of the map 'other' is not written",
                        "in.ndjson:2:1: warning: this was written for the map 'other'; what fits is read (said once)",
                        "in.ndjson:2:1: record 0: error: a part of the key ('NO') is missing")
        self.assertEqual(out, FILE.splitlines(True)[0])
        self.assertIn("0,,,quarantined,\"map-key: a part of the key", self.ledger)

    def test_what_is_no_bundle_is_told_and_the_next_is_read(self):
        own = self.bundles().splitlines(True)
        out = self.back(own[0] + "{}\n[1]\n" + '{"resourceType":"Bundle","type":"transaction","entry":{}}\n' + own[1], 1,
                        "in.ndjson:2:1: error: this is neither a Bundle nor a resource",
                        "in.ndjson:3:1: error: this is neither a Bundle nor a resource",
                        "in.ndjson:4:55: error: the entries of a Bundle are a list [map-bundle]")
        self.assertEqual(out, FILE)

    def test_entries_that_are_none_are_told_with_their_places(self):
        entries = ['{"resource":{"resourceType":"Patient","identifier":[{"system":"urn:example:no","value":"1"}]}}',
                   '1', 'null', '{}', '{"resource":3}', '{"response":{"status":"404"}}']
        out = self.back('{"resourceType":"Bundle","type":"collection","entry":[\n' + ",\n".join(entries) + "\n]}", 1,
                        "in.json:3:1: error: an entry of a Bundle is an object [map-bundle]",
                        "in.json:4:1: error: an entry of a Bundle is an object [map-bundle]",
                        "in.json:5:1: error: this entry holds neither a resource nor a request nor a response",
                        "in.json:6:13: error: this is no resource: 'resourceType' is missing", name="in.json")
        self.assertEqual(out, "NO,NAME,BORN,SCORE\n1,,,\n")

    def test_resources_of_which_none_is_the_maps_are_told(self):
        strange = '{"resourceType":"Practitioner","id":"1"}'
        self.back(strange, 1, "in.ndjson: error: none of these resources is one that the map 'own' makes [map-bundle]")
        self.back('{"resourceType":"Bundle","type":"searchset","entry":[{"resource":%s}]}' % strange, 1,
                  "in.ndjson:1:1: record 0: error: no resource of the map 'own' stands here [map-bundle]")

    def test_records_without_their_key_are_not_written(self):
        lone = '{"resourceType":"Observation","id":"o","status":"final","code":{"text":"score"},"valueInteger":3}'
        self.assertEqual(self.back(lone, 1, "in.ndjson: record 0: error: a part of the key ('NO') is missing, or the key is "
                                            "too long: these resources are no record [map-key]"), "NO,NAME,BORN,SCORE\n")

    def test_envelopes_that_are_none_stop_the_run(self):
        for header, why in (('["NO","NO"]', "a name twice"), ("[]", "no column 'NO'"), ('["NO",3]', "no name"),
                            ("{}", "not that of a CSV file")):
            with self.subTest(header):
                text = self.bundles().replace('[\\"NO\\",\\"NAME\\",\\"BORN\\",\\"SCORE\\"]', header.replace('"', '\\"'))
                self.assertIn(header.replace('"', '\\"'), text)
                self.back(text, 2, "in.ndjson:1:1: error: ", why, "[record-envelope]")

    def test_a_second_envelope_is_told_where_it_is_another(self):
        own = self.bundles().splitlines(True)
        other = own[0].replace('\\"NAME\\",\\"BORN\\"', '\\"BORN\\",\\"NAME\\"')
        self.assertNotEqual(own[0], other)
        self.back(own[0] + own[1] + other + own[1], 0,
                  "in.ndjson:3:1: warning: what stood around these records is not written: there are others before them")

    def test_an_entry_is_found_by_its_url_and_by_its_own_id(self):
        person = {"fullUrl": "urn:uuid:11111111-1111-4111-8111-111111111111",
                  "resource": {"resourceType": "Patient", "id": "p", "identifier": [{"system": "urn:example:no", "value": "1"}]}}
        for reference in ("Patient/p", "Patient/p/_history/3", person["fullUrl"]):
            for url in (person["fullUrl"], "http://server/fhir/Patient/p", None):
                if reference.startswith("urn:") and url != reference:
                    continue
                with self.subTest(reference=reference, url=url):
                    entry = {**person, "fullUrl": url} if url else {"resource": person["resource"]}
                    score = {"resource": {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "score"},
                                          "subject": {"reference": reference}, "valueInteger": 3}}
                    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [entry, score]}
                    self.assertEqual(self.back(json.dumps(bundle), 0), "NO,NAME,BORN,SCORE\n1,,,3\n")


if __name__ == "__main__":
    unittest.main()
