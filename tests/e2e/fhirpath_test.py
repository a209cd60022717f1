"""`throughline json` and `throughline fhirpath` from outside."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BINARY = os.environ["THROUGHLINE_BINARY"]
PATIENT = {"resourceType": "Patient", "id": "p", "name": [{"use": "official", "given": ["Ann", "Bo"]}, {"given": ["Secret"]}]}


def run(*words, data=b""):
    done = subprocess.run([BINARY, *map(str, words)], input=data if isinstance(data, bytes) else data.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class JsonCommand(unittest.TestCase):
    def test_any_value_is_written_canonically(self):
        for text, wanted in (
            ("null", "null"), (" true ", "true"), ("[ ]", "[]"), ('"\\u00e9\\/"', '"é/"'), ("1.10", "1.10"), ("-0.0", "-0.0"), ("1.00E2", "1.00E2"),
            ('{ "b" : [ 1 , { } ] , "a" : "\\u0007\\n" }', '{"b":[1,{}],"a":"\\u0007\\n"}'), ("\ufeff{}", "{}"), ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ):
            self.assertEqual(run("json", data=text), (0, wanted + "\n", ""), text)
            self.assertEqual(run("json", "-", data=text), (0, wanted + "\n", ""), text)

    def test_what_is_no_json_is_named_by_file_and_offset_and_never_repeated(self):
        for data, offset in (
            (b"", 0), (b"{", 1), (b'{"a"}', 4), (b"[1,]", 3), (b'{"a":1,"\\u0061":2}', 8), (b"{}\0{}", 2), (b'["\xc0\xaf"]', 2), (b'["\\ud800"]', None), (b"[01]", None), (b"[1e400]", None), (b"[1e-400]", None),
            (b"[1.11111111111111111111e-2147483639]", None), (b"[" * 101, None), (b'"secret', None), (b"NaN", 0), (b"\xff\xfe[\0]\0", 0), (b"[" + b"7" * 1000 + b"]", None),
        ):
            with tempfile.NamedTemporaryFile(suffix=".json") as file:
                file.write(data)
                file.flush()
                code, out, err = run("json", file.name)
                self.assertEqual((code, out), (1, ""), data)
                self.assertRegex(err, rf"^{file.name}:{r'[0-9]+' if offset is None else offset}: error: [^\n]+\n$", data)
                self.assertNotIn("secret", err.replace(file.name, ""))

    def test_what_cannot_be_read_exits_2(self):
        for words in (["/no/such/file"], ["/"], ["one", "two"], ["--nonsense"]):
            code, out, err = run("json", *words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertTrue(err)


class FhirpathCommand(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.patient = self.folder / "patient.json"
        self.patient.write_text(json.dumps(PATIENT))

    def test_one_expression_on_a_file_or_on_standard_input(self):
        wanted = {"result": [{"type": "string", "value": "Ann"}, {"type": "string", "value": "Bo"}], "trace": []}
        expression = "Patient.name.where(use = 'official').given"
        for words, data in (([expression, self.patient], ""), ([expression], json.dumps(PATIENT)), ([expression, "-"], json.dumps(PATIENT)), (["given", "--context", "name[0]", self.patient], "")):
            code, out, err = run("fhirpath", *words, data=data)
            self.assertEqual((code, json.loads(out), err), (0, wanted, ""), words)
        self.assertEqual(run("fhirpath", "1 + 1")[1], '{"result":[{"type":"integer","value":"2"}],"trace":[]}\n')
        code, out, _ = run("fhirpath", "name.givn", self.patient)
        self.assertEqual((code, json.loads(out)["error"]["kind"], json.loads(out)["error"]["offset"]), (1, "semantic", 5))
        self.assertEqual(json.loads(run("fhirpath", "a.b", "--model", "none", data='{"a":{"b":[1]}}')[1])["result"], [{"type": "integer", "value": "1"}])

    def test_wrong_words_and_files(self):
        for words in ([], ["1", "2", "3"], ["1", "/no/such/file"], ["1", "--model", "r5"], ["--batch", "/no/such/file"], ["--batch", "a", "b"], ["1", "--nonsense"]):
            code, out, err = run("fhirpath", *words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertTrue(err)
        code, out, err = run("fhirpath", "1", "-", data='{"a":')
        self.assertEqual((code, out), (1, ""))
        self.assertRegex(err, r"^-:5: error: ")

    def test_a_batch_answers_every_line_and_exits_0(self):
        questions = [
            {"expression": "name.given.count()", "resource": PATIENT},
            {"expression": "1 +"},
            {"expression": "given", "file": str(self.patient), "context": "name[1]"},
            {"expression": "now()", "now": "2025-01-01T00:00:00Z"},
        ]
        lines = "\n".join(json.dumps(question) for question in questions) + "\n\nnot json\r\n"
        batch = self.folder / "batch.ndjson"
        batch.write_text(lines)
        for code, out, err in (run("fhirpath", "--batch", batch), run("fhirpath", "--batch", data=lines), run("fhirpath", "--batch", "-", data=lines.rstrip())):
            answers = [json.loads(line) for line in out.splitlines()]
            self.assertEqual((code, err, len(answers)), (0, "", 5))
            self.assertEqual(answers[0]["result"], [{"type": "integer", "value": "3"}])
            self.assertEqual((answers[1]["error"]["kind"], answers[1]["error"]["offset"]), ("syntax", 3))
            self.assertEqual(answers[2]["result"], [{"type": "string", "value": "Secret"}])
            self.assertTrue(answers[3]["result"][0]["value"].startswith("2025-01-01T00:00:00"))
            self.assertEqual(answers[4]["error"]["kind"], "execution")

    def test_an_answer_comes_before_the_next_question(self):
        with subprocess.Popen([BINARY, "fhirpath", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as talk:
            for number in range(3):
                talk.stdin.write(json.dumps({"expression": f"{number} + 1"}) + "\n")
                talk.stdin.flush()
                self.assertEqual(json.loads(talk.stdout.readline())["result"][0]["value"], str(number + 1))
            talk.stdin.close()
            self.assertEqual(talk.wait(), 0)

    def test_memory_does_not_grow_with_the_batch(self):
        line = json.dumps({"expression": "name.given.select($this + 'x').trace('t')", "resource": PATIENT}).encode() + b"\n"
        peaks = []
        for count in (1_000, 60_000):
            batch = self.folder / "long.ndjson"
            with open(batch, "wb") as file:  # little by little: what this process holds counts for its children too
                for _ in range(count // 1_000):
                    file.write(line * 1_000)
            with open(os.devnull, "wb") as nowhere:
                child = subprocess.Popen([BINARY, "fhirpath", "--batch", str(batch)], stdout=nowhere)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(child.returncode, 0)
            peaks.append(usage.ru_maxrss)
        self.assertLess(peaks[1], peaks[0] + 2048, "kibibytes")

    def test_the_validator_and_terminology_are_asked(self):
        base = "http://hl7.org/fhir/StructureDefinition/"
        for expression, wanted in (
            (f"conformsTo('{base}Patient')", True), (f"conformsTo('{base}Person')", False), (f"name[0].conformsTo('{base}HumanName')", True),
            ("name[0].use.memberOf('http://hl7.org/fhir/ValueSet/name-use')", True), ("name[0].use.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", False),
            ("'<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>'.htmlChecks()", True), ("'<script/>'.htmlChecks()", False),
        ):
            code, out, _ = run("fhirpath", expression, self.patient)
            self.assertEqual((code, json.loads(out)["result"]), (0, [{"type": "boolean", "value": wanted}]), expression)

    def test_subsumes_reads_past_a_coding_that_is_no_list(self):
        line = {"expression": "maritalStatus.subsumes(maritalStatus)", "resource": {"resourceType": "Patient", "maritalStatus": {"coding": {"a": 1}}}}
        code, out, _ = run("fhirpath", "--batch", data=json.dumps(line) + "\n")
        self.assertEqual((code, json.loads(out)["result"]), (0, []))

    def test_explain_prints_the_tree(self):
        code, out, err = run("fhirpath", "--explain", "name.where(use = 'official').given")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual([line.split()[:2] for line in out.splitlines()], [["member", "given"], ["call", "where"], ["member", "name"], ["operator", "="], ["member", "use"], ["literal", "'official'"]])
        self.assertEqual(run("fhirpath", "--explain", "1 +")[0], 1)


if __name__ == "__main__":
    unittest.main()
