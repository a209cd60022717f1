"""Where the commands write to: a ledger that takes the place of nothing else, output that finds no room, terminals."""
import json
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import threading
import unittest

from gateway import ROOT

BINARY = os.environ["THROUGHLINE_BINARY"]

CLINIC = """map: clinic
local: {format: csv, key: NO}
fields:
  NO:
    required: true
    fhir: patient.identifier[clinic].value
  OTHER:
    drop: nobody asks for it
resources:
  patient:
    type: Patient
    identifier[clinic].system: urn:example:clinic
"""


def run(*words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE):
    done = subprocess.run([BINARY, *map(str, words)], stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, (done.stdout or b"").decode(), done.stderr.decode()


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


class Ledger(Folder):
    def setUp(self):
        super().setUp()
        self.map = self.write("clinic/map.yaml", CLINIC)
        self.input = self.write("in.csv", "NO,OTHER\n1,x\n")

    def mapped(self, ledger, *more, **streams):
        return run("map", "run", self.map, "--to", "fhir", self.input, "--ledger", ledger, *more, **streams)

    def names(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))

    def test_a_file_is_replaced_whole_and_nothing_else_is_left(self):
        ledger = self.write("ledger.csv", "before")
        beside = self.write("ledger.csv.new", "beside")
        before = self.names()
        self.assertEqual(self.mapped(ledger)[0], 0)
        self.assertIn("OTHER", ledger.read_text())
        self.assertEqual(beside.read_text(), "beside")
        self.assertEqual(self.names(), before)

    def test_a_fifo_stays_one_and_is_written_to(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        read = []
        reader = threading.Thread(target=lambda: read.append(fifo.read_text()), daemon=True)
        reader.start()
        self.assertEqual(self.mapped(fifo)[0], 0)
        self.assertTrue(stat.S_ISFIFO(os.lstat(fifo).st_mode))
        reader.join(60)
        self.assertIn("OTHER", read[0])

    def test_a_link_stays_one_and_its_file_is_written(self):
        file = self.write("kept/ledger.csv", "before, and longer than what is written now" * 9)
        link = self.folder / "link"
        link.symlink_to(file)
        self.assertEqual(self.mapped(link)[0], 0)
        self.assertTrue(link.is_symlink())
        self.assertTrue(file.read_text().startswith("record,"), file.read_text())
        self.assertNotIn("before", file.read_text())

    def test_a_folder_is_refused(self):
        code, out, said = self.mapped(self.folder)
        self.assertEqual((code, out), (2, ""))
        self.assertIn(str(self.folder), said)

    def test_what_the_run_reads_is_not_overwritten(self):
        base = self.write("base/map.yaml", CLINIC)
        above = self.write("above/map.yaml", "map: above\nextends: ../base\n")
        stored = self.write("stored/a.json", '{"resourceType":"Patient","id":"a"}')
        (self.folder / "link").symlink_to(self.input)
        os.link(self.input, self.folder / "hard")
        os.mkfifo(self.folder / "fifo")
        cases = {
            "the input": ([self.map, self.input], self.input),
            "a link to the input": ([self.map, self.input], self.folder / "link"),
            "another name of the input": ([self.map, self.input], self.folder / "hard"),
            "another way to the input": ([self.map, self.input], self.folder / "clinic/../in.csv"),
            "standard input": ([self.map], self.input),
            "a pipe": ([self.map, self.folder / "fifo"], self.folder / "fifo"),
            "the map": ([self.map, self.input], self.map),
            "the map, by its folder": ([self.map.parent, self.input], self.map),
            "a map that it extends": ([above, self.input], base),
            "what is stored": ([self.map, self.input, "--onto", stored], stored),
            "a file of what is stored": ([self.map, self.input, "--onto", stored.parent], stored),
        }
        files = [self.input, self.map, base, above, stored]
        before = [file.read_text() for file in files]
        names = self.names()
        for name, (words, ledger) in cases.items():
            for to in ("fhir", "local"):
                with self.subTest(name, to=to), open(self.input) as stdin:
                    code, out, said = run("map", "run", *words, "--to", to, "--ledger", ledger, stdin=stdin)
                    self.assertEqual((code, out), (2, ""))
                    self.assertRegex(said, r"^throughline: error: --ledger .* is a file that this run reads[^\n]*\n$")
        self.assertEqual([file.read_text() for file in files], before)
        self.assertEqual(self.names(), names)

    def test_standard_output_is_not_overwritten(self):
        file = self.folder / "out.ndjson"
        with open(file, "w") as stdout:
            code, _, said = self.mapped(file, stdout=stdout)
        self.assertEqual(code, 2)
        self.assertIn("standard output", said)

    def test_a_device_may_be_read_and_written(self):
        code, _, said = run("map", "run", self.map, "--to", "local", "/dev/null", "--ledger", "/dev/fd/2")
        self.assertEqual(code, 0, said)
        self.assertIn("record,", said)


class FullDisk(Folder):
    def test_every_command_whose_output_finds_no_room_exits_2_with_one_sentence(self):
        self.write("clinic/map.yaml", CLINIC)
        patient = self.write("patient.json", '{"resourceType":"Patient","id":"a"}')
        wrong = self.write("wrong.json", '{"resourceType":"Patient","id":"a","x":1}')
        csv = self.write("in.csv", "NO,OTHER\n1,x\n")
        clinic = self.folder / "clinic"
        for words in (
            ["--help"], ["map", "--help"], ["validate", "--help"], ["version"], ["certs", self.folder / "certs"],
            ["json", patient], ["index", patient], ["fhirpath", "id", patient], ["fhirpath", "--explain", "id"],
            ["validate", patient], ["validate", wrong], ["validate", "--format", "json", patient],
            ["map", "check", clinic], ["map", "check", "--format", "json", clinic], ["map", "check", wrong],
            ["map", "test", clinic, "--generate", "1"], ["map", "new", csv], ["map", "diff", clinic, clinic],
            ["map", "schema"], ["map", "run", clinic, "--to", "fhir", csv],
            ["map", "run", clinic, "--to", "local", patient],
        ):
            with self.subTest(" ".join(map(str, words))), open("/dev/full", "w") as full:
                code, _, said = run(*words, stdout=full)
                self.assertEqual(code, 2)
                self.assertEqual(said.count("cannot be written"), 1, said)
                self.assertTrue(said.endswith("throughline: error: standard output cannot be written [output]\n"), said)

    def test_a_closed_output_is_the_same(self):
        done = subprocess.run([BINARY, "version"], stderr=subprocess.PIPE, preexec_fn=lambda: os.close(1))
        self.assertEqual(done.returncode, 2)

    def test_a_ledger_that_finds_no_room_is_said(self):
        self.write("clinic/map.yaml", CLINIC)
        csv = self.write("in.csv", "NO,OTHER\n1,x\n")
        code, _, said = run("map", "run", self.folder / "clinic", "--to", "fhir", csv, "--ledger", "/dev/full")
        self.assertEqual(code, 2)
        self.assertIn("/dev/full", said)


# Escapes of C0, C1 and bidi kind, and a line end.
NASTY = "r\x1b[31m\x07\x7f\x9b0m\u202e\u2066\nx.json:1:1: error: forged"


class Terminal(Folder):
    def shown(self, *words):
        _, out, said = run(*words)
        text = said if words[:2] == ("map", "run") else out + said  # what it prints is data
        for at, character in enumerate(text):
            acted_on = character < " " and character not in "\n\t" or "\x7f" <= character <= "\x9f"
            acted_on |= "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
            self.assertFalse(acted_on, (words[:2], text[max(at - 40, 0):at + 40]))
        self.assertNotRegex(text, r"(?m)^x\.json")
        return text

    def clinic(self, **more):
        nasty = json.dumps(NASTY)
        text = CLINIC.replace("map: clinic", f"map: clinic\ntitle: {nasty}\nversion: {nasty}")
        text = text.replace("  OTHER:\n    drop: nobody asks for it\n", f"  OTHER:\n    drop: {nasty}\n  {nasty}: {{drop: {nasty}}}\n")
        for old, new in more.items():
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.write("clinic/map.yaml", text.replace("format: csv", "format: ndjson"))

    def test_what_a_map_says(self):
        clinic = self.clinic()
        self.assertIn("\\u001b[31m", self.shown("map", "check", clinic))
        self.assertIn("\\u202e", self.shown("map", "check", clinic, "--format", "markdown"))
        self.shown("map", "test", clinic, "--generate", "3")
        self.shown("map", "diff", clinic, self.write("older/map.yaml", CLINIC))
        self.shown("map", "diff", self.folder / "older", clinic)

    def test_what_is_wrong_in_a_map(self):
        nasty = json.dumps(NASTY)
        for old, new in (("Patient\n", f"{nasty}\n"), ("required: true", f"{nasty}: 1")):
            self.assertIn("\\u001b", self.shown("map", "check", self.clinic(**{old: new})))

    def test_names_of_files(self):
        name = NASTY.replace("/", "")
        wrong = self.write(f"{name}.json", '{"resourceType":"Patient","id":"a","x":1}')
        for words in (["validate", wrong], ["validate", self.folder], ["index", wrong], ["json", f"{name}/none"],
                      ["validate", f"{name}/none"], ["map", "check", f"{name}/none"], ["map", "check", wrong],
                      ["map", "run", f"{name}/none", "--to", "fhir"], ["fhirpath", "id", f"{name}/none"],
                      [name], ["version", f"--{name}"], ["map", "new", f"{name}/none"]):
            self.shown(*words)
        self.assertIn("\\u001b", self.shown("validate", wrong))
        latin = os.fsencode(self.folder) + b"/l\x9b.json"
        pathlib.Path(os.fsdecode(latin)).write_text("{")
        done = subprocess.run([BINARY, "validate", latin], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertIn(b"/l\\x9b.json:1:", done.stdout + done.stderr)

    def test_what_data_say(self):
        clinic = self.write("clinic/map.yaml", CLINIC)
        member = self.write("json/map.yaml", CLINIC.replace("csv", "ndjson"))
        column = "r\x9b31m\x9d0;title\x9c\u202etxt\u2066"
        csv = self.write("in.csv", f"NO,OTHER,{column}\n1,A,x\n")
        lines = self.write("in.ndjson", json.dumps({"NO": "1", "OTHER": "A", column: "x"}, ensure_ascii=False) + "\n")
        self.assertIn("r\\u009b31m", self.shown("map", "run", clinic, "--to", "fhir", csv))
        self.assertIn("r\\u009b31m", self.shown("map", "run", member, "--to", "fhir", lines))
        patient = self.write("p.json", json.dumps({"resourceType": "Patient", column: 1, NASTY: 2}, ensure_ascii=False))
        self.shown("validate", patient)


if __name__ == "__main__":
    unittest.main()
