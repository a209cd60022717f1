"""Scenario 9: the community file of England's treatment monitoring data set, through a real gateway, twice."""
import json
import unittest

from gateway import ROOT, of_environment

SAMPLE = ROOT / "mappings/library/ndtms/samples/ndtms_community.csv"
CSV = ["Content-Type: text/csv; charset=utf-8"]
FORM = ["Content-Type: application/x-www-form-urlencoded"]


class Community(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = of_environment()
        for before, behind in (("maps:\n", "maps:\n  - ndtms\n"), ("'local/sta-aurelia-discharge.cruds'", "'local/ndtms.cruds'")):
            assert before in cls.gateway.config_text
            cls.gateway.config_text = cls.gateway.config_text.replace(before, behind, 1)
        cls.gateway.start()
        cls.first, cls.second = (cls.send() for _ in range(2))

    @classmethod
    def tearDownClass(cls):
        code = cls.gateway.stop()
        cls.gateway.folder.cleanup()
        assert code == 0, f"the gateway ended with {code} after SIGTERM"

    @classmethod
    def call(cls, method, path, body=None, headers=()):
        return cls.gateway.request("hospital", method, path, body, headers)

    @classmethod
    def send(cls):
        answer = cls.call("POST", "/local/ndtms", SAMPLE.read_bytes(), CSV)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def total(self, query):
        answer = self.call("GET", f"/fhir/{query}&_summary=count")
        self.assertEqual(answer.status, 200, answer.body)
        return json.loads(answer.body)["total"]

    def test_all_but_the_wrong_row_are_taken(self):
        outcomes = [record["outcome"] for record in self.first["records"]]
        self.assertEqual(outcomes, ["created", "created", "created", "created", "quarantined"])
        texts = json.dumps(self.first["records"][4]["issue"])
        self.assertIn("TRIAGED is before REFLD", texts)
        self.assertIn("/row/0/EDUCAT", texts)
        self.assertIn("map-range", texts)
        for value in ("40040", "05/05/1999", "03/03/2025"):
            self.assertNotIn(value, texts)

    def test_sent_again_nothing_changes(self):
        self.assertEqual(self.second["summary"], {"created": 0, "updated": 0, "unchanged": 4, "quarantined": 1})
        made = [[resource["reference"] for resource in record["resources"]] for record in self.first["records"][:4]]
        again = [[resource["reference"] for resource in record["resources"]] for record in self.second["records"][:4]]
        self.assertEqual(made, again)
        for record in self.second["records"][:4]:
            self.assertEqual({resource["version"] for resource in record["resources"]}, {"1"})

    def test_two_rows_of_40017_are_one_episode_and_two_profiles(self):
        references = [resource["reference"].split("/")[0] for resource in self.first["records"][0]["resources"]]
        self.assertEqual(references.count("EpisodeOfCare"), 1)
        self.assertEqual(self.total("EpisodeOfCare?status=active,finished"), 3)
        self.assertEqual(self.total("Observation?code=urn:throughline:ndtms:column|TOP"), 4)

    def test_40031_comes_back_with_agency_client_and_consent_alone(self):
        answer = self.call("GET", f"/local/ndtms/{self.first['records'][3]['id']}")
        self.assertEqual(answer.status, 200, answer.body)
        header, row = (line.split(",") for line in answer.body.decode().splitlines())
        kept = {name: cell for name, cell in zip(header, row) if cell != "NA"}
        self.assertEqual(kept, {"AGNCY": "N9901", "CLIENTID": "40031", "CONSENT": "N"})

    def test_each_record_comes_back_as_its_rows(self):
        lines = SAMPLE.read_text().splitlines()
        for record, rows in zip(self.first["records"][:4], (lines[1:3], lines[3:4], lines[4:5], lines[5:6])):
            back = self.call("GET", f"/local/ndtms/{record['id']}").body.decode().splitlines()
            self.assertEqual(back, [lines[0]] + rows)


if __name__ == "__main__":
    unittest.main()
