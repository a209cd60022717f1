"""Where the commands write to: a ledger that takes the place of nothing else, output that finds no room, terminals."""
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


if __name__ == "__main__":
    unittest.main()
