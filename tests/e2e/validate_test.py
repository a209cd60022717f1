"""`throughline validate` from outside: what it reads, in which order it answers, and what it never says."""
import json
import os
import pathlib
import pty
import resource
import subprocess
import tempfile
import unittest

BINARY = os.environ["THROUGHLINE_BINARY"]
SECRET = "Zebulon-4711"


def run(*words, data=None, **options):
    return subprocess.run([BINARY, "validate", *map(str, words)], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, **options)


def patient(number, **members):
    return {"resourceType": "Patient", "id": f"p{number}", **members}


def line(number, **members):
    return json.dumps(patient(number, **members)) + "\n"


class Folder(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def lines(self, *words, exit_code=None, **options):
        ran = run(*words, "--format", "json", **options)
        if exit_code is not None:
            self.assertEqual(ran.returncode, exit_code, ran.stdout[:2000] + ran.stderr[:2000])
        return [json.loads(text) for text in ran.stdout.splitlines()]

    def rules(self, answer):
        return [issue["details"]["coding"][0]["code"] for issue in answer["issue"] if issue["severity"] in ("error", "fatal")]


class Answers(Folder):
    def test_json_is_a_line_a_resource(self):
        good = self.write("good.json", json.dumps(patient(1, active=True), indent=2))
        bad = self.write("bad.json", json.dumps(patient(2, gender="x", birthDate="soon"), indent=2))
        first, second = self.lines(good, bad, exit_code=1)
        self.assertEqual({**first, "issue": []}, {"file": str(good), "line": 1, "id": "p1", "valid": True, "issue": []})
        self.assertEqual((second["file"], second["line"], second["id"], second["valid"]), (str(bad), 1, "p2", False))
        places = {issue["expression"][0]: issue["location"][0] for issue in second["issue"] if issue["severity"] == "error"}
        self.assertEqual(places, {"Patient.gender": "4:13", "Patient.birthDate": "5:16"})
        for issue in second["issue"]:
            self.assertEqual(set(issue) - {"expression", "location"}, {"severity", "code", "details", "diagnostics"})

    def test_text_reads_like_a_compiler(self):
        bad = self.write("bad.json", json.dumps(patient(2, gender="x"), indent=2))
        ran = run(bad)
        self.assertEqual(ran.returncode, 1)
        self.assertRegex(ran.stdout, rf"(?m)^{bad}:4:13: error: Patient\.gender: .+ \[[a-z0-9-]+\]$")
        self.assertRegex(ran.stdout.splitlines()[-1], r"^1 resource in 1 file: 0 valid, 1 not; 1 error")
        self.assertEqual(ran.stderr, "")

    def test_exit_codes(self):
        good = self.write("good.json", json.dumps(patient(1)))
        self.assertEqual(run(good).returncode, 0)
        for words in ([], ["/no/such/file"], [good, "/no/such/file"], [good, "--format", "xml"], [self.folder / "none"]):
            wrong = run(*words)
            self.assertEqual((wrong.returncode, bool(wrong.stderr)), (2, True), words)
        (self.folder / "empty").mkdir()
        self.assertEqual(run(self.folder / "empty").returncode, 2)

    def test_no_progress_where_there_is_no_terminal(self):
        self.assertNotIn("\r", run(self.write("good.json", json.dumps(patient(1)))).stderr)

    def test_progress_on_a_terminal(self):
        big = self.write("big.ndjson", "".join(line(i) for i in range(20000)))
        ours, theirs = pty.openpty()
        with subprocess.Popen([BINARY, "validate", str(big)], stdout=subprocess.DEVNULL, stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            try:
                while part := os.read(ours, 65536):
                    shown += part
            except OSError:
                pass
            os.close(ours)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b" %", shown)
        self.assertTrue(shown.rstrip().endswith(b"\x1b[K"), shown[-40:])


class Inputs(Folder):
    def test_ndjson_line_by_line(self):
        text = "\ufeff" + line(1) + "\n" + line(2, gender="x").replace("\n", "\r\n") + "{" + SECRET + "\n" + "[]\n" + line(5)[:-1]
        answers = self.lines(self.write("some.ndjson", text), exit_code=1)
        self.assertEqual([(a["line"], a["id"], a["valid"]) for a in answers],
                         [(1, "p1", True), (3, "p2", False), (4, None, False), (5, None, False), (6, "p5", True)])
        self.assertEqual(answers[2]["issue"][0]["location"], ["4:2"])
        self.assertTrue(answers[1]["issue"][-1]["location"][0].startswith("3:"))

    def test_ndjson_and_documents_by_their_content(self):
        self.assertEqual(len(self.lines(self.write("a", line(1) + line(2)))), 2)
        self.assertEqual(len(self.lines(self.write("b.json", line(1) + "\n" + line(2)))), 2)
        self.assertEqual(len(self.lines(self.write("c.json", line(1) + "\n\n"))), 1)
        self.assertEqual(len(self.lines(self.write("d", json.dumps(patient(1), indent=1)))), 1)
        self.assertEqual(len(self.lines("-", data=line(1) + line(2))), 2)
        self.assertEqual(self.lines(self.write("none.ndjson", ""), exit_code=0), [])

    def test_folders_in_the_order_of_their_paths(self):
        for name in ("b.json", "a/z.json", "a/b/c.ndjson", "c.jsonl", "a/.hidden.json", ".git/x.json", "note.txt", "a/x.json.bak"):
            self.write(name, line(1))
        os.symlink(self.folder, self.folder / "a/loop")
        os.symlink("/no/such/file", self.folder / "a/dangling.json")
        names = [os.path.relpath(a["file"], self.folder) for a in self.lines(self.folder, exit_code=0)]
        self.assertEqual(names, ["a/b/c.ndjson", "a/z.json", "b.json", "c.jsonl"])

    def test_answers_stand_in_the_order_of_the_input(self):
        slow = json.dumps({"resourceType": "Bundle", "id": "b", "type": "collection",
                           "entry": [{"fullUrl": f"http://x.org/Patient/p{i}", "resource": patient(i)} for i in range(3000)]})
        files = [self.write(f"{i}.ndjson", slow + "\n" + "".join(line(i * 10000 + n) for n in range(9000))) for i in range(3)]
        answers = self.lines(*files)
        wanted = [[(str(f), 1)] + [(str(f), n + 2) for n in range(9000)] for f in files]
        self.assertEqual([(a["file"], a["line"]) for a in answers], sum(wanted, []))

    def test_memory_stays_flat(self):
        one = line(1, name=[{"family": "x" * 100, "given": ["y" * 100]}] * 20)
        big = self.write("big.ndjson", one * (80_000_000 // len(one)))
        ran = run(big, "--format", "json", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (300 << 20, 300 << 20)))
        self.assertEqual((ran.returncode, len(ran.stdout.splitlines())), (0, 80_000_000 // len(one)), ran.stderr)


PROFILE = {
    "resourceType": "StructureDefinition", "id": "named", "url": "http://x.org/StructureDefinition/named", "name": "Named", "status": "active",
    "kind": "resource", "abstract": False, "type": "Patient", "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
    "derivation": "constraint", "differential": {"element": [
        {"id": "Patient", "path": "Patient"}, {"id": "Patient.name", "path": "Patient.name", "min": 1}]}}


class Supporting(Folder):
    def test_profiles_are_asked_for_by_file_or_url_or_declared(self):
        profile = self.write("profiles/named.json", json.dumps(PROFILE))
        named = line(1, name=[{"family": "x"}])
        both = self.write("both.ndjson", named + line(2))
        for words in (["--profile", profile], ["--profile", PROFILE["url"], "--support", profile.parent]):
            answers = self.lines(both, *words, exit_code=1)
            self.assertEqual([a["valid"] for a in answers], [True, False], words)
            self.assertEqual([i["expression"] for i in answers[1]["issue"] if i["severity"] == "error"], [["Patient.name"]])
        declared = self.write("declared.ndjson", named + line(2, meta={"profile": [PROFILE["url"]]}))
        self.assertEqual([a["valid"] for a in self.lines(declared, "--support", profile)], [True, False])
        self.assertEqual(run(both).returncode, 0)
        for wrong in ("http://x.org/unknown", self.write("no.json", line(1)), self.write("cut.json", "{")):
            ran = run(both, "--profile", wrong)
            self.assertEqual((ran.returncode, ran.stdout, bool(ran.stderr)), (2, "", True), wrong)

    def test_profiles_and_what_else_supports_may_be_xml(self):
        xml = ("<StructureDefinition xmlns='http://hl7.org/fhir'><url value='http://x.org/xml'/><name value='Named'/>"
               "<status value='active'/><kind value='resource'/><abstract value='false'/><type value='Patient'/>"
               "<baseDefinition value='http://hl7.org/fhir/StructureDefinition/Patient'/><derivation value='constraint'/>"
               "<differential><element id='Patient.name'><path value='Patient.name'/><min value='1'/></element></differential>"
               "</StructureDefinition>")
        profile = self.write("profiles/named.xml", xml)
        both = self.write("both.ndjson", line(1, name=[{"family": "x"}]) + line(2))
        for words in (["--profile", profile], ["--profile", "http://x.org/xml", "--support", profile.parent]):
            self.assertEqual([a["valid"] for a in self.lines(both, *words, exit_code=1)], [True, False], words)
        self.write("profiles/cut.xml", f"<ValueSet xmlns='http://hl7.org/fhir'>\n<{SECRET}/></ValueSet>")
        ran = run(both, "--support", profile.parent)
        self.assertIn("cut.xml: passed over: 2:1: ", ran.stderr)
        self.assertNotIn(SECRET, ran.stderr)

    def test_files_that_cannot_be_used_are_named_and_passed_over(self):
        self.write("support/a.json", "{" + SECRET)
        self.write("support/b.json", json.dumps({"resourceType": "StructureDefinition", "url": "http://x.org/b", "snapshot": SECRET}))
        self.write("support/c.json", json.dumps({"resourceType": "ValueSet", "url": "http://x.org/c", "status": "active"}))
        self.write("support/d.ndjson", line(1) + line(2))
        ran = run(self.write("good.json", line(1)), "--support", self.folder / "support", "--format", "json")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn("a.json: passed over: ", ran.stderr)
        self.assertIn("b.json: passed over: ", ran.stderr)
        for text in ("c.json", "d.ndjson", SECRET):
            self.assertNotIn(text, ran.stderr)

    def test_what_is_not_there_stops_the_run(self):
        good = self.write("good.json", line(1))
        for words in (["--support", "/no/such/file"], ["--package", "/no/such/file"], ["--package", good]):
            ran = run(good, *words)
            self.assertEqual((ran.returncode, ran.stdout, bool(ran.stderr)), (2, "", True), words)


class Hostile(Folder):
    def test_what_cannot_be_parsed_is_line_1_without_an_id(self):
        for name, content in {
            "empty.json": b"", "blank.json": b" \n\n", "binary.json": bytes(range(256)) * 100, "cut.json": b'{"resourceType":"Pat',
            "deep.json": b"[" * 100_000, "objects.json": b'{"a":' * 100_000, "latin1.json": b'{"resourceType":"Patient","id":"\xe9"}',
            "twice.json": b'{"resourceType":"Patient","id":"a","id":"b"}', "two.json": b'{"a":1}{"a":2}',
        }.items():
            answers = self.lines(self.write(name, content), exit_code=1)
            self.assertEqual([(a["line"], a["id"], a["valid"]) for a in answers], [(1, None, False)], name)
            self.assertRegex(answers[0]["issue"][0]["location"][0], r"^\d+:\d+$")

    def test_what_is_no_resource(self):
        for text in ("null", "[]", "1", '"x"', "{}", '{"resourceType":7,"id":{}}', '{"resourceType":"Shoe","id":"' + "x" * 100 + '"}'):
            answers = self.lines(self.write("x.json", text), exit_code=1)
            self.assertEqual([(a["id"], a["valid"]) for a in answers], [(None, False)], text)

    def test_a_line_without_end_is_said_and_left(self):
        path = self.write("long.ndjson", line(1))
        with path.open("r+b") as file:
            file.seek(300 << 20)
            file.write(b"\n" + line(3).encode())
        # The hole is one line of zeros behind the first resource.
        answers = self.lines(path, exit_code=1)
        self.assertEqual([(a["line"], a["id"]) for a in answers], [(1, "p1"), (2, None), (3, "p3")])
        self.assertEqual(self.rules(answers[1]), ["json-too-long"])

    def test_a_long_line_is_read(self):
        answers = self.lines(self.write("long.ndjson", line(1) + line(2, text={"status": "generated", "div": "x" * 5_000_000}) + line(3)))
        self.assertEqual([a["id"] for a in answers], ["p1", "p2", "p3"])

    def test_a_file_that_cannot_be_read_is_said_and_the_others_are_checked(self):
        self.write("a.json", line(1))
        (self.folder / "b.json").symlink_to("/proc/self/mem")  # nobody can read its first byte, not even root
        ran = run(self.folder, "--format", "json")
        self.assertEqual((ran.returncode, len(ran.stdout.splitlines())), (2, 1))
        self.assertIn("b.json", ran.stderr)

    def test_a_name_of_any_bytes(self):
        path = os.path.join(os.fsencode(self.folder), b"a\xff\n.json")
        with open(path, "wb") as file:
            file.write(line(1).encode())
        ran = subprocess.run([BINARY, "validate", "--format", "json", self.folder], stdout=subprocess.PIPE, check=True)
        self.assertTrue(json.loads(ran.stdout)["valid"])

    def test_no_value_is_ever_shown(self):
        resources = [
            patient(1, gender=SECRET, birthDate=SECRET, active=SECRET, name=SECRET, deceasedDateTime=SECRET),
            patient(2, identifier=[{"use": SECRET, "value": " " + SECRET}], telecom=[{"system": SECRET}], link=[{"other": {"reference": SECRET}}]),
            patient(3, extension=[{"url": SECRET}], generalPractitioner=[{"reference": "#" + SECRET}], managingOrganization={"reference": "Patient/" + SECRET}),
            patient(4, text={"status": "generated", "div": f"<div><script>{SECRET}</script></div>"}, contact=[{"gender": "x"}]),
            {"resourceType": "Observation", "id": SECRET + "!", "status": SECRET, "code": {"coding": [{"system": SECRET, "code": SECRET}]},
             "valueQuantity": {"value": SECRET, "unit": SECRET, "comparator": SECRET}, "effectiveDateTime": SECRET},
            {"resourceType": SECRET, "id": "x"},
        ]
        text = "".join(json.dumps(one) + "\n" for one in resources) + '{"resourceType":"Patient","name":"' + SECRET + "\n"
        for format_name in ("text", "json"):
            ran = run(self.write("x.ndjson", text), "--format", format_name)
            self.assertEqual(ran.returncode, 1)
            self.assertNotIn(SECRET, ran.stdout + ran.stderr)


if __name__ == "__main__":
    unittest.main()
