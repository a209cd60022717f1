"""The commands from outside: exit codes, what they print, and what a gateway does with its signals."""
import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

from gateway import ROOT, config, exact, of_environment
from story import differences

BINARY = os.environ["THROUGHLINE_BINARY"]
CERTS = os.environ["THROUGHLINE_CERTS"]
MAP = "sta-aurelia-discharge"
FOLDER = ROOT / "mappings/library" / MAP
SAMPLE = FOLDER / "samples/hospital_discharge.json"
COMMUNITY = ROOT / "mappings/library/ndtms/samples/ndtms_community.csv"


def run(*words, text=None):
    return subprocess.run([BINARY, *map(str, words)], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Folder(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.config = self.folder / "gateway.yaml"
        self.config.write_text(config(CERTS, self.folder / "data"))


class Help(unittest.TestCase):
    def test_help_names_every_command_and_wrong_words_exit_2(self):
        overview = run("--help")
        self.assertEqual(overview.returncode, 0)
        for command in ("serve", "json", "validate", "index", "import", "map check", "map test", "map run", "map new", "map diff", "map schema", "quarantine list", "verify", "backup", "restore", "version"):
            self.assertIn(command, overview.stdout)
            self.assertEqual(run(*command.split(), "--help").returncode, 0)
        for words in ([], ["nonsense"], ["serve", "--nonsense"], ["map"]):
            wrong = run(*words)
            self.assertEqual(wrong.returncode, 2, words)
            self.assertTrue(wrong.stderr)
        family = run("map", "--help")
        self.assertEqual(family.returncode, 0)
        self.assertIn("map diff", family.stdout)
        self.assertNotIn("quarantine", family.stdout)
        self.assertIn("map check", run("map", "chek").stderr)
        self.assertIn("4.0.1", run("version").stdout)


class JsonCommand(unittest.TestCase):
    def test_writes_canonically_and_names_the_offset(self):
        good = run("json", "-", text='{ "b" : 1.50, "a" : "\\u00e9\\n" }')
        self.assertEqual((good.returncode, good.stdout), (0, '{"b":1.50,"a":"é\\n"}\n'))
        bad = run("json", "-", text='{"a":1,"a":2}')
        self.assertEqual(bad.returncode, 1)
        self.assertRegex(bad.stderr, r"^-:\d+: error: ")
        self.assertEqual(run("json", "/no/such/file").returncode, 2)


OBSERVATION = {
    "resourceType": "Observation", "id": "o1", "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}], "text": "Systolic"},
    "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2024-05",
    "valueQuantity": {"value": 5.40, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}}


class IndexCommand(Folder):
    def rows(self, text):
        file = self.folder / "resource.json"
        file.write_text(text)
        ran = run("index", file)
        return ran, [json.loads(line) for line in ran.stdout.splitlines()]

    def test_prints_a_line_a_row(self):
        text = json.dumps(OBSERVATION).replace("5.4,", "5.40,")
        ran, rows = self.rows(text)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        quantity = {"low": "5.395", "high": "5.405", "value": "5.40", "system": "http://unitsofmeasure.org", "code": "mg", "unit": "mg"}
        token = {"type": "token", "system": "http://loinc.org", "code": "8480-6"}
        for row in (
            {"param": "code", **token},
            {"param": "code:text", "type": "string", "value": "Systolic", "folded": "systolic"},
            {"param": "subject", "type": "reference", "target": "Patient/p1"},
            {"param": "date", "type": "date", "start": "2024-05-01T00:00:00.000Z", "end": "2024-06-01T00:00:00.000Z"},
            {"param": "value-quantity", "type": "quantity", **quantity},
            {"param": "value-quantity", "type": "quantity", "low": "0.0054", "high": "0.0054", "value": "0.0054",
             "system": "http://unitsofmeasure.org", "code": "g", "canonical": True},
            {"param": "code-value-quantity", "type": "composite", "components": [token, {"type": "quantity", **quantity}]},
        ):
            self.assertIn(row, rows)

    def test_names_the_resource_of_each_line_of_many(self):
        ran, rows = self.rows(json.dumps(OBSERVATION) + "\n\n" + json.dumps({"resourceType": "Patient", "id": "p1", "active": True}) + "\n")
        self.assertEqual(ran.returncode, 0)
        self.assertEqual({row["resource"] for row in rows}, {"Observation/o1", "Patient/p1"})

    def test_says_what_it_cannot_read(self):
        for text in ("", "{", "[]", "{}", '{"resourceType":"Shoe"}', json.dumps(OBSERVATION) + "\n{secret\n"):
            ran, _ = self.rows(text)
            self.assertEqual(ran.returncode, 1, text)
            self.assertIn("error: ", ran.stderr)
            self.assertNotIn("secret", ran.stderr)
        self.assertEqual(run("index").returncode, 2)
        self.assertEqual(run("index", "/no/such/file").returncode, 2)

    def test_says_line_and_column_and_when_output_has_nowhere_to_go(self):
        ran, _ = self.rows('{"resourceType":"Patient","id":"a"}\n{"id":"\u00fc",}\n')
        self.assertEqual(ran.returncode, 1)
        self.assertRegex(ran.stderr, r"resource\.json:2:11: error: .* \[json-")
        self.rows(json.dumps(OBSERVATION))
        with open("/dev/full", "w") as full:
            ran = subprocess.run([BINARY, "index", str(self.folder / "resource.json")], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(ran.returncode, 2)
        self.assertIn("standard output cannot be written", ran.stderr)


class MapCommands(Folder):
    def test_check_and_test_are_green_on_the_library(self):
        checked = run("map", "check")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertIn("meds.*.text", checked.stdout)
        report = json.loads(run("map", "check", MAP, "--format", "json").stdout)
        lost = [field["field"] for field in report["fields"] if field["grade"] not in ("exact", "exact, local code kept")]
        self.assertEqual(lost, [""])  # no field: the consent's status follows from several
        tested = run("map", "test", MAP, "--generate", "200", "--seed", "7")
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)

    def test_an_expected_file_that_differs_is_counted_beside_the_records(self):
        folder = self.folder / "ndtms"
        shutil.copytree(COMMUNITY.parent.parent, folder)
        report = folder / "expected/report.txt"
        report.write_text(report.read_text().replace("exact", "inexact", 1))
        tested = run("map", "test", folder, "--generate", "1")
        self.assertEqual(tested.returncode, 1)
        self.assertRegex(tested.stdout, r"FAILED report [^\n]*expected/report.txt:\d")
        self.assertRegex(tested.stdout, r"passed, 0 failed; 1 expected file differs\n$")

    def test_check_shows_the_place_of_every_mistake(self):
        broken = self.folder / "broken.yaml"
        text = (FOLDER / "map.yaml").read_text().replace("codes/", f"{FOLDER}/codes/")
        broken.write_text(text.replace("birthDate", "birthDay").replace("range: 0..3", "range: 3..0"))
        checked = run("map", "check", broken)
        self.assertEqual(checked.returncode, 1, checked.stdout + checked.stderr)
        self.assertRegex(checked.stdout, r"broken\.yaml:\d+:\d+: error: ")
        self.assertIn("birthDate", checked.stdout)
        self.assertIn("^", checked.stdout)
        self.assertEqual(run("map", "check", "no-such-map").returncode, 2)

    def test_run_goes_there_and_back(self):
        there = run("map", "run", MAP, "--to", "fhir", SAMPLE, "--ledger", self.folder / "ledger.csv")
        self.assertEqual(there.returncode, 0, there.stderr)
        bundles = [json.loads(line) for line in there.stdout.splitlines()]
        self.assertEqual([bundle["type"] for bundle in bundles], ["collection"] + ["transaction"] * 8)
        self.assertEqual(bundles[0]["entry"][0]["resource"]["resourceType"], "Parameters")
        for entry in bundles[1]["entry"]:
            self.assertRegex(entry["fullUrl"], r"^urn:uuid:[0-9a-f-]{36}$")
            self.assertEqual(entry["request"]["method"], "PUT")
        ledger = (self.folder / "ledger.csv").read_text().splitlines()
        self.assertEqual(ledger[0], "record,field,path,kind,reason")
        self.assertNotIn("sertraline", "".join(ledger))
        back = run("map", "run", MAP, "--to", "local", "-", text=there.stdout)
        self.assertEqual(back.returncode, 0, back.stderr)
        changed = [at for at in differences(exact(SAMPLE.read_text()), exact(back.stdout)) if not at.endswith("/text")]
        self.assertEqual(changed, [])
        self.assertEqual(back.stdout.splitlines()[:3], SAMPLE.read_text().splitlines()[:3])

    def test_run_gathers_a_folder_of_single_resources(self):
        there = run("map", "run", MAP, "--to", "fhir", SAMPLE)
        heap = self.folder / "heap"
        heap.mkdir()
        for line in there.stdout.splitlines():
            for number, entry in enumerate(json.loads(line)["entry"]):
                resource = entry["resource"]
                if resource["resourceType"] == "Parameters":
                    continue
                (heap / f"{resource['resourceType']}-{resource['id']}.json").write_text(json.dumps(resource))
        back = run("map", "run", MAP, "--to", "local", heap)
        self.assertEqual(back.returncode, 0, back.stderr)
        key = lambda record: (record["mrn"], record["admission"]["no"])
        self.assertEqual(sorted(map(key, json.loads(back.stdout)["discharges"])),
                         sorted(map(key, json.loads(SAMPLE.read_text())["discharges"])))

    def test_records_of_a_json_map_may_stand_a_line_each(self):
        records = json.loads(SAMPLE.read_text())["discharges"]
        lines = self.folder / "discharges.ndjson"
        lines.write_text("".join(json.dumps(record) + "\n" for record in records))
        there = run("map", "run", MAP, "--to", "fhir", lines)
        self.assertEqual(there.returncode, 0, there.stderr)
        self.assertEqual(len(there.stdout.splitlines()), 8)
        back = run("map", "run", MAP, "--to", "local", text=there.stdout)
        self.assertEqual(json.loads(back.stdout), {"discharges": records})
        self.assertIn("8 records: 0 differ", run("map", "diff", MAP, MAP, lines).stdout)
        other = lines.rename(self.folder / "discharges.json")
        self.assertIn(f"{other}: line 1, column ", run("map", "run", MAP, "--to", "fhir", other).stderr)

    def test_run_leaves_a_wrong_record_out_and_exits_1(self):
        document = json.loads(SAMPLE.read_text())
        document["discharges"][1]["aftercare"]["barriers"][0]["sev"] = 9
        ledger = self.folder / "ledger.csv"
        there = run("map", "run", MAP, "--to", "fhir", "--ledger", ledger, text=json.dumps(document))
        self.assertEqual(there.returncode, 1)
        self.assertEqual(ledger.read_text().count(",quarantined,"), 1, "one line for the one record left out")
        self.assertEqual(len(there.stdout.splitlines()), 8)
        self.assertIn("barriers", there.stderr)


class StoreCommands(Folder):
    def test_import_verify_backup_restore(self):
        imported = run("import", "--map", MAP, SAMPLE, "--config", self.config)
        self.assertEqual(imported.returncode, 0, imported.stderr)
        self.assertEqual(json.loads(imported.stdout.splitlines()[-1])["summary"]["created"], 8)
        self.assertEqual(run("verify", "--deep", "--config", self.config).returncode, 0)
        backup = self.folder / "backup"
        self.assertEqual(run("backup", backup, "--config", self.config).returncode, 0)
        other = self.folder / "other.yaml"
        other.write_text(config(CERTS, self.folder / "restored"))
        self.assertEqual(run("restore", backup, "--config", other).returncode, 0)
        self.assertEqual(run("restore", backup, "--config", other).returncode, 2, "a store that is there is not written over")
        self.assertEqual(run("verify", "--deep", "--config", other).returncode, 0)
        again = run("import", "--map", MAP, SAMPLE, "--config", other)
        self.assertEqual(json.loads(again.stdout.splitlines()[-1])["summary"]["unchanged"], 8)

    def test_quarantine_is_listed_shown_and_replayed(self):
        document = json.loads(SAMPLE.read_text())
        document["discharges"] = document["discharges"][:1]
        document["discharges"][0]["aftercare"]["barriers"][0]["sev"] = 9
        wrong = self.folder / "wrong.json"
        wrong.write_text(json.dumps(document))
        self.assertEqual(run("import", "--map", MAP, wrong, "--config", self.config).returncode, 1)
        listed = run("quarantine", "list", "--config", self.config).stdout.split()
        shown = json.loads(run("quarantine", "show", listed[0], "--config", self.config).stdout)
        self.assertEqual(shown["answer"]["outcome"], "quarantined")
        self.assertEqual(run("quarantine", "replay", "--config", self.config).returncode, 1, "still wrong")
        document["discharges"][0]["aftercare"]["barriers"][0]["sev"] = 1
        right = self.folder / "right.json"
        right.write_text(json.dumps(document["discharges"][0]))
        self.assertEqual(run("quarantine", "replay", listed[0], "--with", right, "--config", self.config).returncode, 0)
        self.assertEqual(run("quarantine", "list", "--config", self.config).stdout, "")

    def test_csv_rows_that_are_no_record_are_kept_as_they_came(self):
        self.config.write_text(self.config.read_text().replace("maps:\n", "maps:\n  - ndtms\n"))
        rows = COMMUNITY.read_bytes().splitlines()[:2]
        for fault in (rows[1].replace(b",NA,", b",\xff,", 1), rows[1] + b"," * 3 + b"more"):
            file = self.folder / "wrong.csv"
            file.write_bytes(b"\n".join([rows[0], fault, b""]))
            imported = run("import", "--map", "ndtms", file, "--config", self.config)
            self.assertEqual(imported.returncode, 1, imported.stderr)
            record = run("quarantine", "list", "--config", self.config).stdout.splitlines()[-1].split()[0]
            shown = json.loads(run("quarantine", "show", record, "--config", self.config).stdout)
            kept = base64.b64decode(shown["recordBase64"]) if b"\xff" in fault else shown["record"].encode()
            self.assertEqual(kept, fault + b"\n")
        replayed = run("quarantine", "replay", "--config", self.config)
        self.assertEqual(replayed.returncode, 1, "a row is no record without its header")
        self.assertEqual(len(run("quarantine", "list", "--config", self.config).stdout.splitlines()), 2, "and stays where it is")

    def test_a_damaged_store_is_found(self):
        run("import", "--map", MAP, SAMPLE, "--config", self.config)
        databases = [path for path in (self.folder / "data").rglob("*") if path.suffix in (".db", ".sqlite")]
        self.assertEqual(len(databases), 1)
        import sqlite3
        with sqlite3.connect(databases[0]) as database:
            tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table' AND name LIKE '%audit%'")]
            database.execute(f"DELETE FROM {tables[0]} WHERE rowid = 3")
        self.assertEqual(run("verify", "--config", self.config).returncode, 1)


class Serving(Folder):
    def test_refuses_what_it_must_not_serve(self):
        for text, word in ((config(CERTS, self.folder / "a").replace("127.0.0.1:0\n  tls", "0.0.0.0:0\n  tls"), "consent"),
                           (config(CERTS, self.folder / "b") + "storee: x\n", "config-unknown-key"),
                           (config(CERTS, self.folder / "c").replace("server.crt", "hospital.crt"), "key")):
            self.config.write_text(text)
            served = subprocess.run([BINARY, "serve", "--config", self.config], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=20)
            self.assertEqual(served.returncode, 2, served.stderr)
            self.assertIn(word, served.stderr)

    def test_a_second_process_on_the_same_data_is_refused(self):
        with of_environment() as gateway:
            second = run("serve", "--config", gateway.config)
            self.assertEqual(second.returncode, 2)
            self.assertIn("another process", second.stderr)

    def test_operator_commands_go_through_the_running_gateway(self):
        with of_environment() as gateway:
            imported = run("import", "--map", MAP, SAMPLE, "--config", gateway.config)
            self.assertEqual(imported.returncode, 0, imported.stderr)
            self.assertEqual(run("verify", "--deep", "--config", gateway.config).returncode, 0)
            self.assertEqual(run("backup", self.folder / "live", "--config", gateway.config).returncode, 0)
            token = json.loads((gateway.data / "admin.json").read_text())
            self.assertEqual((gateway.data / "admin.json").stat().st_mode & 0o077, 0)
            call = ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--data", '{"command":"verify","arguments":{}}',
                    "--header", "Content-Type: application/json", f"http://{token['address']}/admin/command"]
            self.assertEqual(subprocess.run(call, stdout=subprocess.PIPE, text=True).stdout, "401")

    def test_sighup_takes_new_maps_and_keeps_the_old_ones_when_they_are_broken(self):
        library = self.folder / "map"
        subprocess.run(["cp", "-r", str(FOLDER), str(library)], check=True)
        with of_environment() as gateway:
            gateway.stop()
            gateway.config_text = config(CERTS, gateway.data).replace(f"- {MAP}\n", f"- {library}/map.yaml\n")
            gateway.start()
            (library / "map.yaml").write_text("map: broken\n")
            gateway.process.send_signal(signal.SIGHUP)
            answer = gateway.request("hospital", "POST", f"/local/{MAP}", SAMPLE, ["Content-Type: application/json"])
            self.assertEqual(answer.status, 200)


if __name__ == "__main__":
    unittest.main()
