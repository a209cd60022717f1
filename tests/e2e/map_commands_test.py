"""`map diff` and `map new` from outside."""
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import unittest

from gateway import ROOT

BINARY = os.environ["THROUGHLINE_BINARY"]
HOSPITAL = ROOT / "mappings/library/sta-aurelia-discharge"
SAMPLE = HOSPITAL / "samples/hospital_discharge.json"


def run(*words):
    done = subprocess.run([BINARY, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, name, text, encoding="utf-8"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path


def without_birth_dates(text):
    text = re.sub(r"(?m)^demand:\n(?:  .*\n)+", "", text)
    return text.replace("  dob: patient.birthDate\n", "  dob:\n    drop: not asked for\n")


class Diff(Folder):
    def changed(self, change, file="map.yaml"):
        if not (self.folder / "new").exists():
            shutil.copytree(HOSPITAL, self.folder / "new")
        path = self.folder / "new" / file
        before = path.read_text()
        after = change(before)
        self.assertNotEqual(before, after, "the change changes nothing")
        path.write_text(after)
        return self.folder / "new"

    def test_the_same_map_changes_nothing(self):
        for words in ([], [SAMPLE]):
            self.assertEqual(run("map", "diff", HOSPITAL, HOSPITAL, *words)[0], 0)

    def test_a_name_that_the_library_lacks_is_told_what_it_has(self):
        for words in (["check", "ndtm"], ["test", "ndtm"], ["run", "ndtm", "--to", "fhir", SAMPLE], ["diff", HOSPITAL, "ndtm"]):
            code, out, said = run("map", *words)
            self.assertEqual((code, out), (2, ""))
            self.assertIn("the library has no map 'ndtm'; it has ndtms, sta-aurelia-discharge. A map of your own is named by its path", said)

    def test_comments_layout_and_versions_are_no_changes(self):
        new = self.changed(lambda text: "# a comment\n" + text.replace("version: 1.0.0", "version: 2.0.0"))
        code, out, _ = run("map", "diff", HOSPITAL, new, SAMPLE)
        self.assertEqual(code, 0, out)
        self.assertIn("1.0.0 -> sta-aurelia-discharge 2.0.0", out)
        self.assertIn("8 records: 0 differ", out)

    def test_tells_what_the_map_says_differently(self):
        new = self.changed(without_birth_dates)
        self.changed(lambda text: text.replace("female,Female", "other,Female"), "codes/sex.csv")
        code, out, _ = run("map", "diff", HOSPITAL, new, "--format", "json")
        self.assertEqual(code, 1)
        lines = [json.loads(line) for line in out.splitlines()]
        self.assertIn({"change": "removed", "section": "fields", "entry": "dob", "word": "fhir", "before": "patient.birthDate"}, lines)
        self.assertIn({"change": "changed", "section": "grades", "entry": "dob", "word": "", "before": "exact",
                       "after": "dropped: not asked for"}, lines)
        self.assertIn("'F'", [line.get("word") for line in lines if line.get("section") == "codes"])

    def test_tells_which_records_become_something_else_and_never_a_value(self):
        new = self.changed(without_birth_dates)
        stored = self.folder / "stored.ndjson"
        stored.write_text(run("map", "run", HOSPITAL, "--to", "fhir", SAMPLE)[1])
        values = set(re.findall(r'"([^"]{4,})"', SAMPLE.read_text().split('"discharges"')[1]))
        for file in (SAMPLE, stored):
            code, out, _ = run("map", "diff", HOSPITAL, new, file)
            self.assertEqual(code, 1)
            self.assertIn("8 records: 8 differ", out)
            self.assertIn("Patient.birthDate removed: 8 records", out)
            told = out.split("changes in the map")[0].split("record 0")[1]
            self.assertEqual([value for value in values if f" {value}\n" in told or f"[{value}]" in told], [])

    def test_a_map_that_refuses_records_says_so(self):
        new = self.changed(lambda text: text.replace("prior_tx_episodes:\n    range: 0..", "prior_tx_episodes:\n    range: 0..0"))
        code, out, _ = run("map", "diff", HOSPITAL, new, SAMPLE)
        self.assertEqual(code, 1)
        self.assertIn("refused map-range", out)

    def test_a_renamed_map_is_the_same_but_for_its_ids(self):
        new = self.changed(lambda text: text.replace("map: sta-aurelia-discharge", "map: other-name"))
        self.assertEqual(run("map", "diff", HOSPITAL, new, SAMPLE)[0], 0)

    def test_the_page_shows_what_it_prints(self):
        page = (ROOT / "docs/mapping.md").read_text()
        shown = re.search(r"^```text\n(visits 1\.0\.0 -> .*?)^```$", page, re.M | re.S)[1]
        text = ("map: visits\nversion: 1.0.0\nlocal: {format: csv, key: NO}\nfields:\n  NO: {required: true, fhir: 'person.identifier[no].value'}\n"
                "  born: {type: date, fhir: person.birthDate}\nresources:\n  person:\n    type: Patient\n    identifier[no].system: urn:x\n")
        old = self.write("old/map.yaml", text)
        new = self.write("new/map.yaml", text.replace("1.0.0", "1.1.0").replace("person.birthDate", "person.deceasedDateTime"))
        self.assertEqual(run("map", "diff", old, new, self.write("january.csv", "NO,born\n1,1990-02-28\n"))[1], shown)

    def test_what_cannot_be_read_exits_2(self):
        wrong = self.write("wrong/map.yaml", "map: x\n")
        for words in ([HOSPITAL], [HOSPITAL, "no-such-map"], [HOSPITAL, wrong], [HOSPITAL, HOSPITAL, "no-such-file"],
                      [HOSPITAL, HOSPITAL, "-"]):
            code, _, err = run("map", "diff", *words)
            self.assertEqual(code, 2, words)
            self.assertTrue(err)


def people(count, seed=7):
    made = random.Random(seed)
    rows = []
    for i in range(count):
        rows.append({"no": f"P{10000 + i * 7}", "given": made.choice(["Annika", "Berta", "Carla"]), "surname": made.choice(["Quist", "Rolfe"]),
                     "born": f"{made.randint(1, 28):02}.{made.randint(1, 12):02}.{made.randint(1950, 2000)}",
                     "sex": made.choice("mwd"), "weight": f"{made.randint(50, 90)},{made.randint(0, 9)}",
                     "smoker": made.choice(["J", "N"]), "ward": made.choice(["N1", "N2", "NA"]), "mail": f"x{i % 2}@example.org",
                     "remark": made.choice(["sleeps well", "asks for her sister"])})
    return rows


def csv(rows, delimiter=";", end="\n"):
    lines = [delimiter.join(rows[0])] + [delimiter.join(row.values()) for row in rows]
    return end.join(lines) + end


class New(Folder):
    def draft(self, path):
        code, out, err = run("map", "new", path)
        self.assertEqual(code, 0, err)
        folder = self.folder / "draft"
        folder.mkdir(exist_ok=True)
        (folder / "map.yaml").write_text(out)
        code, report, err = run("map", "check", folder)
        self.assertEqual(code, 0, report + out)
        code, report, _ = run("map", "test", folder, "--generate", "20")
        self.assertEqual(code, 0, report + out)
        code, _, err = run("map", "run", folder, "--to", "fhir", path)
        self.assertEqual(code, 0, err + out)
        return out

    def test_reads_signs_encodings_and_forms(self):
        text = csv(people(40), end="\r\n").replace("Quist", "Quíst")
        for encoding, word in (("utf-8", None), ("utf-8-sig", "byte-order-mark: true"), ("latin-1", "encoding: latin-1")):
            with self.subTest(encoding):
                out = self.draft(self.write("visits.csv", text, encoding))
                for wanted in ("map: visits", "format: csv", "delimiter: ';'", "decimal: ','", "line-end: crlf", "key: no", "nothing: NA",
                               "format: dd.MM.yyyy", "type: decimal", "yes: J", "no: N", word or ""):
                    self.assertIn(wanted, out)

    def test_shows_codes_and_nothing_about_people(self):
        rows = people(60)
        out = self.draft(self.write("visits.csv", csv(rows)))
        self.assertRegex(out, r"# Codes\? d \(\d+\), m \(\d+\), w \(\d+\)")
        for column in ("no", "given", "surname", "born", "weight", "mail", "remark"):
            for value in {row[column] for row in rows}:
                self.assertNotIn(value, out)

    def test_names_without_a_telling_header_are_not_shown_when_they_vary(self):
        made = random.Random(3)
        names = [f"{a}{b}" for a in ("Ann", "Ber", "Car", "Dor", "Eli") for b in ("a", "e", "ina", "ette", "alie")]
        rows = [{"no": str(i), "x": made.choice(names), "y": made.choice("AB")} for i in range(80)]
        out = self.draft(self.write("x.csv", csv(rows, ",")))
        self.assertEqual([name for name in names if name in out], [])
        self.assertRegex(out, r"# Codes\? A \(\d+\), B \(\d+\)")

    def test_finds_the_records_of_a_json_file(self):
        visits = [{"id": i, "person": {"no": f"A{i}", "phones": ["555"] * (i % 3)}, "score": None if i % 2 else 3,
                   "seen": f"2025-01-{i + 1:02}T10:00", "ok": True, "tags": []} for i in range(9)]
        out = self.draft(self.write("f.json", json.dumps({"sender": "x", "visits": visits}, indent=2)))
        for wanted in ("format: json", "records: visits.*", "indent: 2", "key: id", "person.no:", "person.phones.*:", "type: boolean",
                       "format: 'yyyy-MM-dd''T''HH:mm'", "# timezone:"):
            self.assertIn(wanted, out)
        lines = "".join(json.dumps(visit) + "\n" for visit in visits)
        self.assertIn("format: ndjson", self.draft(self.write("f.ndjson", lines)))
        self.assertIn("records: '*'", self.draft(self.write("g.json", json.dumps(visits))))

    def test_rows_of_one_key_are_one_record(self):
        rows = "EPISODID,SEX,TOPDATE\n" + "".join(f"{7000 + i},1,{d:02}/01/2025\n" for i in range(6) for d in (5, 17))
        out = self.draft(self.write("top.csv", rows))
        for wanted in ("key: EPISODID", "rows: row", "  SEX:", "  row.*.TOPDATE:", "format: dd/MM/yyyy"):
            self.assertIn(wanted, out)

    def test_two_columns_may_be_the_key(self):
        rows = "site,no,x\n" + "".join(f"S{s},{n},{n}\n" for s in (1, 2) for n in (1, 2, 3))
        self.assertIn("key: [site, no]", self.draft(self.write("k.csv", rows)))

    def test_headers_that_are_no_paths_get_a_column(self):
        out = self.draft(self.write("h.csv", "no,Date of visit,a.b,it's,#\n1,2025-01-01,x,y,z\n2,2025-01-02,x,y,z\n"))
        self.assertIn("  Date of visit:", out)
        self.assertIn("column: a.b", out)

    def test_drafts_of_the_seeds_of_the_fuzzer_load(self):
        for seed in sorted((ROOT / "tests/fuzz/corpus/draft").iterdir()):
            code, out, _ = run("map", "new", seed)
            if code == 0:
                path = self.write("seed/map.yaml", out)
                self.assertEqual(run("map", "check", path)[:2][0], 0, f"{seed}: {run('map', 'check', path)[1]}")

    def test_a_file_with_too_many_fields_is_refused(self):
        wide = self.write("wide.csv", ",".join(f"c{i}" for i in range(6000)) + "\n" + ",".join("1" * 6000) + "\n")
        code, _, err = run("map", "new", wide)
        self.assertEqual(code, 2)
        self.assertIn("5000 different fields", err)

    def test_maps_that_ship_read_what_their_drafts_read(self):
        for name in ("sta-aurelia-discharge/samples/hospital_discharge.json", "ndtms/samples/ndtms_community.csv"):
            self.draft(ROOT / "mappings/library" / name)

    def test_refuses_what_is_no_file_of_records(self):
        for name, bytes_ in (("a", b""), ("b", b"PK\x03\x04xxxx"), ("c", b"\xff\xfea\0b\0"), ("d", b"a,b\0c\n1,2\n"), ("e", b"[1, 2]"),
                             ("f", b'{"a": '), ("g", b"one line"), ("h", b"a;a\n1;2\n"), ("i", b"\n\n\n"), ("j", b"a,b\n")):
            path = self.folder / name
            path.write_bytes(bytes_)
            code, out, err = run("map", "new", path)
            self.assertEqual((code, out), (2, ""), name)
            self.assertTrue(err)
        self.assertEqual(run("map", "new", self.folder / "none")[0], 2)
        self.assertEqual(run("map", "new")[0], 2)


class WrongMap(Folder):
    def test_run_says_of_a_wrong_map_what_check_says(self):
        path = self.write("wrong/map.yaml", "map: wrong\nlocal: {format: ndjson, key: no}\nfields:\n  no: p.id\nresources:\n  p: {type: Patient}\n")
        code, checked, _ = run("map", "check", path)
        self.assertEqual(code, 1)
        code, _, said = run("map", "run", path, "--to", "fhir", path)
        self.assertEqual(code, 2)
        mistakes = checked.splitlines()[:-1]
        self.assertGreater(len(mistakes), 2)
        self.assertEqual(said.splitlines(), mistakes)


if __name__ == "__main__":
    unittest.main()
