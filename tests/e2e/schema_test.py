"""`map schema` against every map that ships or stands in the docs, and against maps that are wrong for one reason each."""
import copy
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

from gateway import ROOT

BINARY = os.environ["THROUGHLINE_BINARY"]


class EditorsYaml(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: `yes` is text, `true`, `null` and `1.0` are not."""


EditorsYaml.yaml_implicit_resolvers = {}
for tag, pattern, first in (("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
                            ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
                            ("int", "[-+]?[0-9]+", "-+0123456789"),
                            ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789.")):
    EditorsYaml.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


def read(text):
    return yaml.load(text, EditorsYaml)


def throughline(*words):
    return subprocess.run([BINARY, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


GOOD = """\
map: clinic
version: 1.0.0
local:
  format: json
  records: visits.*
  key: [no]
  timezone: America/Santiago
  namespace: urn:example:clinic
  absent:
    NA: not-asked
fields:
  no:
    required: true
    fhir: person.identifier[no].value
  born:
    format: dd/MM/yyyy
    fhir: person.birthDate
  active:
    yes: Y
    no: N
    fhir: person.active
  score:
    range: 0..3
    fhir: score.valueInteger
  seen: person.extension[seen].valueDateTime
  note:
    drop: stays in the clinic
  phones:
    nothing: null
  phones.*: person.telecom.*.value
resources:
  person:
    type: Patient
    identifier[no].system: urn:example:no
    telecom.*.system: phone
    extension[seen].url: urn:example:seen
  score:
    type: Observation
    code: http://loinc.org|44261-6|PHQ-9 total score
    subject: =person
    status:
      from: score
      present: final
      otherwise: unknown
checks:
  - that: score < 30
    say: too high
demand:
  lossy: 0
"""

# (what is wrong, how the good map is made so)
def put(*path):
    """put("local", "format", "xml") sets; an ellipsis as the last takes away."""
    *way, last, value = path

    def change(tree):
        for step in way:
            tree = tree[step]
        if value is ...:
            del tree[last]
        else:
            tree[last] = value
    return change


WRONG = [
    ("an unknown section", put("lokal", {})),
    ("no name", put("map", ...)),
    ("a name with capitals", put("map", "Clinic 1")),
    ("no local", put("local", ...)),
    ("no key", put("local", "key", ...)),
    ("no fields", put("fields", ...)),
    ("no resources", put("resources", ...)),
    ("an unknown word of local", put("local", "timzone", "UTC")),
    ("an unknown format", put("local", "format", "xml")),
    ("records that are no list", put("local", "records", "visits")),
    ("an indent too deep", put("local", "indent", 9)),
    ("a delimiter in a JSON file", put("local", "delimiter", ";")),
    ("an unknown reason", put("local", "absent", "NA", "forgotten")),
    ("absent as a list", put("local", "absent", ["NA"])),
    ("an unknown answer to unknown fields", put("local", "unknown", "reject")),
    ("fields as a list", put("fields", ["no"])),
    ("a field's path with an empty part", put("fields", "a..b", "person.gender")),
    ("a tenth part", put("fields", "a#10", "person.gender")),
    ("a target without an element", put("fields", "born", "person")),
    ("an unknown word of a field", put("fields", "born", "fromat", "yyyy")),
    ("an unknown type", put("fields", "born", "type", "datetime")),
    ("a field that goes nowhere and does not say why", put("fields", "born", {"format": "yyyy"})),
    ("a field both mapped and dropped", put("fields", "born", "drop", "no use")),
    ("an empty reason", put("fields", "note", "drop", "")),
    ("required neither true nor false", put("fields", "no", "required", "sometimes")),
    ("a range with one end and no dots", put("fields", "score", "range", "3")),
    ("an unknown way to write numbers", put("fields", "score", "written", "number")),
    ("an unknown answer to unknown codes", put("fields", "score", "unmatched", "drop")),
    ("split at nine characters", put("fields", "note", {"split": ":" * 9})),
    ("resources as a list", put("resources", ["person"])),
    ("a resource without type", put("resources", "person", "type", ...)),
    ("no resource of R4", put("resources", "person", "type", "Person1")),
    ("each that is no list", put("resources", "score", "each", "phones")),
    ("an element's path with a bracket open", put("resources", "person", "name[a.text", "x")),
    ("a list as a constant", put("resources", "person", "gender", ["male"])),
    ("a derived value that comes from nothing", put("resources", "score", "status", "from", ...)),
    ("an unknown word of a derived value", put("resources", "score", "status", "default", "final")),
    ("a table without file", put("codes", {"sex": {"system": "urn:x"}})),
    ("an unknown word of a table", put("codes", {"sex": {"file": "sex.csv", "url": "urn:x"}})),
    ("a code system that is no text", put("systems", {"loinc": ["http://loinc.org"]})),
    ("withhold without keep", put("withhold", {"when": "no = '1'"})),
    ("checks as a group", put("checks", {"that": "score < 30"})),
    ("a check that does not say what is wrong", put("checks", 0, "say", ...)),
    ("a check without order and expression", put("checks", 0, {"say": "x"})),
    ("an order that is none", put("checks", 0, {"order": "born before seen"})),
    ("an unknown grade", put("demand", "perfect", 0)),
    ("a demand that is no number", put("demand", "lossy", "few")),
    ("tests as a group", put("tests", {"given": "a.json"})),
    ("a test without a file", put("tests", [{"expect": "a.ndjson"}])),
    ("without a map to take away from", put("without", {"fields": ["note"]})),
    ("two maps to extend", put("extends", ["a.yaml", "b.yaml"])),
    ("an unknown law", put("tests", [{"given": "a.json", "round-trip": "about"}])),
    ("a place that is no number", put("tests", [{"given": "a.json", "refused": ["first"]}])),
]


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        printed = throughline("map", "schema")
        assert printed.returncode == 0, printed.stderr
        cls.schema = json.loads(printed.stdout)
        jsonschema.Draft7Validator.check_schema(cls.schema)
        cls.validator = jsonschema.Draft7Validator(cls.schema)

    def errors(self, tree):
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in self.validator.iter_errors(tree)]

    def test_takes_every_map_that_ships(self):
        maps = sorted((ROOT / "mappings/library").glob("*/map.yaml"))
        self.assertTrue(maps)
        for path in maps:
            self.assertEqual(self.errors(read(path.read_text())), [], path)

    def test_takes_every_map_of_the_page(self):
        text = (ROOT / "docs/mapping.md").read_text()
        maps = re.findall(r"^```yaml\n(.*?)^```$", text, re.M | re.S)
        self.assertGreater(len(maps), 5)
        for one in maps:
            if not one.startswith("map: wrong\n"):
                self.assertEqual(self.errors(read(one)), [], one)

    def test_refuses_what_the_binder_refuses_and_nothing_else(self):
        self.assertEqual(self.errors(read(GOOD)), [])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "map.yaml"
            path.write_text(GOOD)
            good = throughline("map", "check", path)
            self.assertEqual(good.returncode, 0, good.stdout)
            for what, change in WRONG:
                with self.subTest(what):
                    tree = copy.deepcopy(read(GOOD))
                    change(tree)
                    self.assertTrue(self.errors(tree), "the schema takes it")
                    path.write_text(yaml.safe_dump(tree, sort_keys=False))
                    self.assertEqual(throughline("map", "check", path).returncode, 1, "the binder takes it")

    def test_explains_every_word(self):
        for name, place in self.schema["definitions"].items():
            for word, what in place.get("properties", {}).items():
                self.assertTrue(what.get("description"), f"{name}: {word}")


if __name__ == "__main__":
    unittest.main()
