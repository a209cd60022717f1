"""Files made to hurt: each is refused, or read past, with a sentence, in little memory and time."""
import contextlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

BINARY = os.environ["THROUGHLINE_BINARY"]
MIB = 1 << 20
MOST_MEMORY = 160 * MIB  # of which 20 are the program
MOST_SECONDS = 30        # on a busy machine with a slow build; a second by itself

HEAD = "map: x\nversion: 1.0.0\n"
FIELDS = "fields:\n  k: {required: true, fhir: 'p.identifier[k].value'}\n  a: p.name.family\n"
RESOURCES = "resources:\n  p:\n    type: Patient\n    identifier[k].system: urn:x\n"


def repeated(before, chunk, megabytes, after=b""):
    """Pieces of a file that is not made in memory."""
    yield before
    block = chunk * (MIB // len(chunk))
    for _ in range(megabytes):
        yield block
    yield after


# A process's most memory counts what it was before it became another program: a copy of this one, with all that its
# tests hold. So a small one starts the program, and tells its status and memory.
SMALL = ("import os, sys; pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ); _, status, usage = os.wait4(pid, 0); "
         "os.write(int(sys.argv[1]), f'{status} {usage.ru_maxrss}'.encode())")


class Ran:
    def __init__(self, words, pieces=()):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            began = time.monotonic()
            told, tell = os.pipe()
            process = subprocess.Popen([sys.executable, "-E", "-S", "-c", SMALL, str(tell), BINARY, *map(str, words)],
                                       stdin=subprocess.PIPE, stdout=out, stderr=err, pass_fds=[tell])
            os.close(tell)
            try:
                for piece in pieces:
                    process.stdin.write(piece)
            except BrokenPipeError:
                pass
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()
            self.seconds = time.monotonic() - began
            with os.fdopen(told) as answer:
                status, most = map(int, answer.read().split())
            self.code = os.waitstatus_to_exitcode(status)
            self.memory = most * 1024
            self.out, self.err = self.end_of(out), self.end_of(err)
            out.seek(0)
            self.lines = sum(1 for _ in out)

    def end_of(self, file):
        file.seek(0)
        return file.read(4 * MIB).decode("utf-8", "replace")


class Hostile(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def bounded(self, ran):
        self.assertLess(ran.memory, MOST_MEMORY)
        self.assertLess(ran.seconds, MOST_SECONDS)

    def check(self, text, code, *said):
        path = self.folder / "map.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        ran = Ran(["map", "check", path])
        self.bounded(ran)
        self.assertEqual(ran.code, code, ran.out[:500] + ran.err[:500])
        self.assertLess(len(ran.out), MIB)
        for words in said:
            self.assertIn(words, ran.out)
        return ran

    def run_map(self, local, pieces, code, *said, to="fhir", fields=FIELDS, file=False):
        path = self.folder / "map.yaml"
        path.write_text(f"{HEAD}local: {local}\n{fields}{RESOURCES}")
        words = ["map", "run", path, "--to", to, "--ledger", self.folder / "ledger.csv"]
        if file:
            with open(self.folder / "input", "wb") as made:
                made.writelines(pieces)
            ran = Ran([*words, self.folder / "input"])
        else:
            ran = Ran([*words, "-"], pieces)
        self.bounded(ran)
        self.assertEqual(ran.code, code, ran.err[:500])
        for words in said:
            self.assertIn(words, ran.err)
        return ran


class Maps(Hostile):
    def with_fields(self, lines, more=""):
        return f"{HEAD}local: {{format: ndjson, key: k, namespace: 'urn:x'}}\n{FIELDS}{lines}{RESOURCES}{more}"

    def test_yaml_bombs(self):
        for text, said in (
            ("a: &a [x,x,x]\nb: [*a,*a]\n", "anchors (&name) are not allowed"),
            ("a: *a\n", "this is not YAML: the referenced anchor is not defined"),
            ("[" * 2 * MIB, "nested deeper than 64"),
            ("{a: " * MIB, "nested deeper than 64"),
            ("- " * 3 * MIB, "nested deeper than 64"),
            ("? " * 3 * MIB, "nested deeper than 64"),
            ("".join(" " * depth + "a:\n" for depth in range(500)), "nested deeper than 64"),
            ("".join(f"{key}:\n" for key in range(200_000)), "more than 50000 entries"),
            ("[" + "," * 7 * MIB + "]", "more than 50000 entries"),
            ("{" + ",".join(f"{key}: 1" for key in range(500_000)) + "}", "more than 50000 entries"),
            ("map: " + "a" * 7 * MIB + "\n", "no entry ends within 256 KiB"),
            ('map: "' + "a\\n" * 2 * MIB + '"\n', "no entry ends within 256 KiB"),
            ("map: >\n" + "  aaaa aaaa\n" * 500_000, "no entry ends within 256 KiB"),
            ("a" * 7 * MIB + ": x\n", "no entry ends within 256 KiB"),
            ("[" + "a\n" * 3 * MIB, "no entry ends within 256 KiB"),
            ('["a" ' * 1 + '"a" ' * MIB, "no entry ends within 256 KiB"),
            ("# " + "x" * 9 * MIB, "larger than 8 MiB"),
            ("---\n" * MIB, "one document"),
        ):
            with self.subTest(said, begins=text[:20]):
                self.check(text, 1, said, "map.yaml:")

    def test_bytes_that_are_no_text(self):
        for data in (b"map: \0\n", random.Random(1).randbytes(MIB), "map: x\n".encode("utf-16"), b"", b"map: \xff\n"):
            with self.subTest(data[:8]):
                self.check(data, 1, "error: ")

    def test_findings_show_a_piece_of_a_long_line(self):
        wrong = "".join(f", f{number}: q.birthDate" for number in range(20_000))
        ran = self.check(f"{HEAD}local: {{format: ndjson, key: k}}\nfields: {{k: {{required: true, fhir: 'p.identifier[k].value'}}{wrong}}}\n{RESOURCES}",
                         1, "'resources:' has no 'q'")
        self.assertTrue(all(len(line) < 400 for line in ran.out.splitlines()))

    def test_thousands_of_entries_take_seconds(self):
        many = range(8_000)
        self.check(self.with_fields("".join(f"  f{i}: {{drop: x}}\n" for i in many)), 0)
        self.check(self.with_fields("".join(f"  f{i}: q{i}.birthDate\n" for i in many)), 1, "map-unknown-resource")
        self.check(self.with_fields("".join(f"  f{i}: p.extension[e{i}].valueString\n" for i in many),
                                    "".join(f"    extension[e{i}].url: urn:x:{i}\n" for i in many)), 0)
        self.check(self.with_fields("".join(f"  f{i}: p.extension[e{i}].valueString\n" for i in many),
                                    "".join(f"    extension[e{i}].url: urn:x:same\n" for i in many)), 1, "map-ambiguous")
        self.check(self.with_fields("".join(f"  f{i}: r{i}.valueString\n" for i in range(490)),
                                    "".join(f"  r{i}:\n    type: Observation\n    status: final\n    code.text: number {i}\n    subject: =p\n" for i in range(490))), 0)
        self.check(self.with_fields("".join(f"  l.*.f{i}: p.contact.*.name.text\n" if i == 0 else f"  l.*.f{i}: p.contact.*.extension[e{i}].valueString\n" for i in range(4000)),
                                    "".join(f"    contact.*.extension[e{i}].url: urn:x:{i}\n" for i in range(1, 4000))), 0)

    def test_the_laws_of_thousands_of_fields_take_seconds(self):
        many = "".join(f"  f{i}: {{drop: x}}\n" for i in range(6_000))
        path = self.folder / "map.yaml"
        for more, code, said in (
            ("", 0, "20 passed"),
            ("checks:\n  - {that: f1.length() < 0, say: never}\n", 1, "20 failed"),
            ("checks:\n  - {that: k.length() < 0, say: never}\n", 1, '{"k":"a"}'),
        ):
            with self.subTest(said):
                path.write_text(self.with_fields(many, more))
                ran = Ran(["map", "test", path, "--generate", "20"])
                self.bounded(ran)
                self.assertEqual(ran.code, code, ran.out[:500] + ran.err[:500])
                self.assertIn(said, ran.out)

    def test_the_laws_of_thousands_of_slices_take_seconds(self):
        path = self.folder / "map.yaml"
        path.write_text(self.with_fields("".join(f"  f{i}: p.extension[e{i}].valueString\n" for i in range(2_000)),
                                         "".join(f"    extension[e{i}].url: urn:x:{i}\n" for i in range(2_000))))
        ran = Ran(["map", "test", path, "--generate", "20"])
        self.bounded(ran)
        self.assertIn("20 passed", ran.out)

    def test_a_map_that_maps_a_field_to_itself(self):
        for line in ("  f: f\n", "  f: f.f\n", "  f: {fhir: f}\n", "  k: k\n"):
            with self.subTest(line):
                self.check(self.with_fields(line), 1, "error: ")
        self.check(self.with_fields("", "    name.family: '{a}'\n"), 1, "filled twice")

    def test_more_accepted_warnings_than_a_map_may_have(self):
        text = HEAD + "accept:\n" + "  - {rule: map-display, why: x}\n" * 501 + "local: {format: ndjson, key: k}\n" + FIELDS + RESOURCES
        self.check(text, 1, "map.yaml:4:3: error: a map accepts at most 500 times [map-accept]")

    def test_holes_in_texts(self):
        self.check(self.with_fields("", "    name.text: '{{}}'\n"), 1, "map-text")
        self.check(self.with_fields("", "    name.text: '{{{q}}}'\n"), 1, "map-unknown-field")
        self.check(self.with_fields("", "    name.text: '{{a}}'\n"), 0)  # the text {a}
        self.check(self.with_fields("", "    name.text: '" + "{b}" * 50_000 + "'\n"), 1, "map-unknown-field")

    def test_code_tables(self):
        table = self.folder / "s.csv"
        lines = "  s: {codes: s, fhir: p.photo.title}\n"
        head = "local,system,code,display,equivalence\n"
        for text, code, said in (
            (head + "".join(f"L{i},urn:s,C{i},,equivalent\n" for i in range(99_999)), 0, "exact"),
            (head + "".join(f"L{i},urn:s,C,,equivalent\n" for i in range(99_999)), 1, "map-ambiguous"),
            (head + "".join(f"L{i},urn:s,C,,wider\n" for i in range(99_999)), 0, "local code kept"),
            (head + "L,urn:s,C,,equal\n" * 99_999, 1, "map-no-effect"),
            (head + "".join(f"L{i},urn:s,C{i},,equivalnt\n" for i in range(99_999)), 1, "did you mean 'equivalent'"),
            (head + "L,urn:s,C,,equal\n" * 100_001, 1, "more than 100000 rows"),
            (head + "," * 3 * MIB + "\n", 1, "s.csv:2:"),
            ("local,code" + ",x" * 3 * MIB + "\n", 1, "s.csv:1:"),
            (head + '"L,urn:s,C,,equal\n', 1, "s.csv:2:"),
            ("\0\0\0", 1, "s.csv:1:"),
            ("", 1, "s.csv:1:"),
        ):
            with self.subTest(said, begins=text[:60]):
                table.write_text(text)
                self.check(self.with_fields(lines, "codes: {s: s.csv}\n"), code, said)


    def test_concept_maps_with_many_findings(self):
        def concept_map(rows, **more):
            target = lambda i: {"code": str(100_000_000 + i), "equivalence": "equal", **more}
            return json.dumps({"resourceType": "ConceptMap", "status": "active", "group": [
                {"target": "urn:y", "element": [{"code": f"L{i}", "target": [target(i)]} for i in range(rows)]}]}, indent=1)

        for rows, more, code, said in (
            (20_000, {}, 1, "map-extensible"),
            (20_000, {"dependsOn": [{"property": "urn:z", "value": "1"}]}, 1, "a table looks at one code alone"),
            (90_000, {}, 1, "map-extensible"),
        ):
            with self.subTest(said, rows=rows):
                (self.folder / "s.json").write_text(concept_map(rows, **more))
                path = self.folder / "map.yaml"
                path.write_text(self.with_fields("  s: {codes: s, fhir: p.maritalStatus}\n", "codes: {s: s.json}\n"))
                ran = Ran(["map", "check", path])
                self.assertLess(ran.seconds, MOST_SECONDS)
                self.assertEqual(ran.code, code, ran.err[:500])
                self.assertEqual(ran.out.count(said), 100)


class WholeFiles(Hostile):
    """What is read whole is read to its limit, and what a file names is a plain file."""
    CODED = FIELDS + "  s: {codes: t, fhir: p.photo.title}\n"

    def map_with(self, more="", fields=FIELDS, head=HEAD):
        path = self.folder / "map.yaml"
        path.write_text(f"{head}local: {{format: ndjson, key: k, namespace: 'urn:x'}}\n{fields}{RESOURCES}{more}")
        return path

    def refused(self, words, code, *said, pieces=(), most=MOST_MEMORY):
        ran = Ran(words, pieces)
        self.assertEqual(ran.code, code, ran.out[:500] + ran.err[:500])
        self.assertLess(ran.memory, most)
        self.assertLess(ran.seconds, MOST_SECONDS)
        for words in said:
            self.assertIn(words, ran.out + ran.err)

    def test_what_is_named_on_the_command_line_is_read_to_its_limit(self):
        path = self.map_with()
        for words, code, said, most in (
            (["map", "check", "/dev/zero"], 1, "larger than 8 MiB", MOST_MEMORY),
            (["validate", path, "--package", "/dev/zero"], 2, "larger than 64 MiB", MOST_MEMORY),
            (["json", "/dev/zero"], 2, "larger than 256 MiB", 350 * MIB),
            (["index", "/dev/zero"], 1, "longer than 256 MiB", 600 * MIB),
            (["fhirpath", "1", "/dev/zero"], 2, "larger than 256 MiB", 350 * MIB),
            (["fhirpath", "--batch", "/dev/zero"], 2, "longer than 256 MiB", 600 * MIB),
        ):
            with self.subTest(words):
                self.refused(words, code, "/dev/zero", said, most=most)
        with open(self.folder / "zeros", "wb") as zeros:
            zeros.truncate(400 * MIB)
        self.refused(["map", "diff", path, path, zeros.name], 0, "1 cannot be read")
        self.refused(["json"], 2, "larger than 256 MiB", pieces=repeated(b'{"a":"', b"x", 400, b'"}'), most=350 * MIB)

    def test_the_lines_of_an_index_are_not_held_in_memory(self):
        line = b'{"resourceType":"Patient","id":"1","birthDate":"1990-01-02"}' + b" " * 200_000 + b"\n"
        ran = Ran(["index", "-"], repeated(b"", line, 300))
        self.bounded(ran)
        self.assertEqual(ran.code, 0, ran.err[:500])

    def test_what_a_file_names_is_a_plain_file(self):
        os.mkfifo(self.folder / "fifo.csv")
        os.mkfifo(self.folder / "fifo.yaml")
        for name in ("zero.csv", "zero.yaml"):
            (self.folder / name).symlink_to("/dev/zero")
        for more, fields, head, command, code in (
            ("codes: {t: NAME.csv}\n", self.CODED, HEAD, "check", 1),
            ("", FIELDS, HEAD + "extends: NAME.yaml\n", "check", 1),
            ("tests: [{given: NAME.csv, expect: NAME.csv}]\n", FIELDS, HEAD, "test", 2),
        ):
            for name, said in (("fifo", "a pipe"), ("zero", "a device")):
                with self.subTest(more + head, name=name):
                    path = self.map_with(more.replace("NAME", name), fields, head.replace("NAME", name))
                    self.refused(["map", command, path], code, name, said + ", and only plain files are read here")
        question = json.dumps({"expression": "1", "file": str(self.folder / "fifo.csv")}).encode()
        self.refused(["fhirpath", "--batch", "-"], 0, "cannot be read", pieces=[question])

    def test_large_files_that_a_map_names(self):
        (self.folder / "t.csv").write_bytes(b"local,system,code,display,equivalence\n" + b"x" * 65 * MIB)
        (self.folder / "t.yaml").write_bytes(b"# " + b"x" * 9 * MIB)
        for more, fields, head, said in (
            ("codes: {t: t.csv}\n", self.CODED, HEAD, "larger than 64 MiB"),
            ("", FIELDS, HEAD + "extends: t.yaml\n", "larger than 8 MiB"),
        ):
            with self.subTest(said):
                self.refused(["map", "check", self.map_with(more, fields, head)], 1, said, "map.yaml:")

    def test_a_map_may_come_through_a_pipe(self):
        made = self.map_with().read_bytes()
        self.assertEqual(Ran(["map", "check", "/dev/stdin"], [made]).code, 0)


class Records(Hostile):
    NDJSON = "{format: ndjson, key: k, unknown: warn}"
    JSON = "{format: json, key: k, records: 'd.*'}"
    CSV = "{format: csv, key: k, unknown: warn}"

    def test_a_line_without_end(self):
        for file in (False, True):
            for local, begin, chunk, end, code, said in (
                (self.NDJSON, b'{"k":"', b"x", b"", 1, "record-too-long"),
                (self.NDJSON, b"", b"\xff\x00\x80z", b"", 1, "record-too-long"),
                (self.JSON, b'{"d":[{"k":"', b"x", b'"},{"k":"2"}]}', 1, "record-too-long"),
                (self.JSON, b'{"e":"', b"x", b'","d":[]}', 2, "record-envelope-too-long"),
                (self.JSON, b'{"d":[{"k":"', b"x", b"", 2, "record-cut"),
                (self.CSV, b"k,a\n1,2\n", b"x", b"", 1, "record-too-long"),
                (self.CSV, b'k,a\n1,2\n"', b"x\n", b"", 1, "record-quote"),
                (self.CSV, b"k,a\n1,2\n", b'""', b"", 1, "record-too-long"),
                (self.CSV, b"k,a", b"x", b"", 2, "record-header"),
                (self.CSV, b"", b"\0", b"", 2, "record-header"),
            ):
                with self.subTest(said, begins=begin, file=file):
                    self.run_map(local, repeated(begin, chunk, 40, end), code, said, file=file)

    def test_a_bundle_line_without_end(self):
        for begin in (b'{"resourceType":"', b'{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}]}\n{"resourceType":"'):
            with self.subTest(begin):
                path = self.folder / "map.yaml"
                path.write_text(f"{HEAD}local: {self.NDJSON}\n{FIELDS}{RESOURCES}")
                ran = Ran(["map", "run", path, "--to", "local", "-"], repeated(begin, b"x", 300))
                self.assertEqual(ran.code, 2, ran.err[:500])
                self.assertIn("256 MiB", ran.err)
                self.assertLess(ran.memory, 700 * MIB)

    def test_the_records_around_a_bad_one_are_mapped(self):
        good = b'{"k":"1"}\n'
        for bad, said in ((b"\0\0\n", "record 1"), (b"{{}}\n", "record 1"), (b'{"k":' + b"[" * 200_000 + b"\n", "record 1"), (b'"' + b"x" * 3 * MIB + b"\n", "record 1")):
            with self.subTest(bad[:10]):
                ran = self.run_map(self.NDJSON, [good, bad, good], 1, said)
                self.assertEqual(ran.out.count('"transaction"'), 2)
        ran = self.run_map(self.CSV, [b"k,a\n1,x\n", b"," * 10_000_000, b"\n2,y\n"], 1, "line 3")
        self.assertEqual(ran.out.count('"transaction"'), 2)

    def test_columns_without_end(self):
        for header in (b"k,a" + b",c" * 10_000_000, b"k,a" + b"," * 10_000_000):
            self.run_map(self.CSV, [header, b"\n1,2\n"], 2, "record-header")

    def test_bytes_that_are_no_text(self):
        noise = random.Random(2).randbytes(4 * MIB)
        self.run_map(self.NDJSON, [noise], 1, "json-utf8")
        self.run_map(self.JSON, [noise], 2, "record-structure")
        self.run_map(self.CSV, [noise], 2, "record-")
        self.run_map(self.CSV, [b"k,a\n", noise], 1, "record-")

    def test_the_ledger_of_many_findings_is_not_held_in_memory(self):
        self.run_map(self.NDJSON, [b"1\n" * 100_000], 1, "map-kind")
        lines = (self.folder / "ledger.csv").read_bytes().count(b"\n")
        self.assertEqual(lines, 100_001)

    def test_a_condition_that_a_sender_makes_too_costly_keeps_the_record_aside(self):
        path = self.folder / "map.yaml"
        path.write_text(f"{HEAD}local: {{format: ndjson, key: k}}\n"
                        "withhold: {when: \"c.aggregate($total & $this, '').contains('N')\", keep: [k]}\n"
                        f"{FIELDS}  c.*: {{drop: only asked}}\n{RESOURCES}")
        padded = '{"k":"2","c":[' + '"Y",' * 90_000 + '"N"],"a":"SECRET"}\n'
        ran = Ran(["map", "run", path, "--to", "fhir", "-"], [padded.encode()])
        self.bounded(ran)
        self.assertEqual((ran.code, ran.out), (1, ""))
        self.assertIn("'withhold.when' cannot be worked out on this record: the expression takes too many steps", ran.err)
        self.assertNotIn("SECRET", ran.err)

    def test_formulas_and_holes_are_text(self):
        guarded = "{format: csv, key: k, formulas: guarded, byte-order-mark: false}"
        data = "k,a\n1,'=cmd()|' /C calc'!A0\n2,'+1+1\n3,-1.5\n4,{{a}}${x}%s\n5,'@sum(1)\n".encode()
        there = self.run_map(guarded, [data], 0)
        self.assertIn('"family":"=cmd()|', there.out)
        back = self.run_map(guarded, [there.out.encode()], 0, to="local")
        self.assertEqual(back.out.encode(), data)


def bundle(count):
    made = lambda i: {"fullUrl": f"http://a.test/Observation/{i}", "request": {"method": "PUT", "url": f"Observation/{i}"},
                      "resource": {"resourceType": "Observation", "id": str(i), "status": "final", "code": {"text": "x"}}}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [made(i) for i in range(count)]}


def code_system(count):
    concepts = [{"code": f"c{i}", "display": f"d{i}", "definition": "x"} for i in range(count)]
    return {"resourceType": "CodeSystem", "status": "active", "url": "urn:x", "content": "complete", "concept": concepts}


def questionnaire(count):
    items = [{"linkId": str(i), "type": "string", "text": "x"} for i in range(count)]
    return {"resourceType": "Questionnaire", "status": "active", "item": items}


def observation(count):
    coding = lambda i: {"system": "urn:x", "code": f"c{i}", "display": f"d{i}"}
    return {"resourceType": "Observation", "status": "final", "valueString": "x",
            "code": {"coding": [coding(i) for i in range(count)], "text": "x"},
            "component": [{"code": {"coding": [coding(count + i)], "text": "y"}, "valueString": "x"} for i in range(count)]}


def guide(count):
    return {"resourceType": "ImplementationGuide", "status": "active", "url": "urn:x", "name": "X", "packageId": "x.y", "fhirVersion": ["4.0.1"],
            "definition": {"grouping": [{"id": f"g{i}", "name": "x"} for i in range(count)],
                           "resource": [{"reference": {"display": "x"}, "groupingId": f"g{i}"} for i in range(count)]}}


class Resources(Hostile):
    """What a sender can make costly by padding is checked all the same."""

    def validate(self, resource, code, *said):
        path = self.folder / "resource.json"
        path.write_text(json.dumps(resource))
        ran = Ran(["validate", path])
        self.assertLess(ran.seconds, MOST_SECONDS)
        self.assertEqual(ran.code, code, ran.out[:1000] + ran.err[:1000])
        for words in said:
            self.assertIn(words, ran.out)
        self.assertNotIn("could not be", ran.out)

    def test_rules_that_compare_every_item_with_every_other_are_decided_at_the_limits(self):
        def repeat_last(name):
            return lambda made: made[name].append(made[name][-1])

        def share_a_code(made):
            made["component"][-1]["code"] = made["code"]

        def group_unknown(made):
            made["definition"]["resource"][-1]["groupingId"] = "x"

        for make, count, spoil, rule in (
            (bundle, 1_999, repeat_last("entry"), "bdl-7"),
            (code_system, 99_999, repeat_last("concept"), "csd-1"),
            (questionnaire, 99_999, repeat_last("item"), "que-2"),
            (observation, 50_000, share_a_code, "obs-7"),
            (guide, 50_000, group_unknown, "ig-1"),
        ):
            with self.subTest(rule):
                made = make(count)
                self.validate(made, 0)
                spoil(made)
                self.validate(made, 1, f"[{rule}]")

    def test_index_rows_of_long_lists_take_seconds(self):
        many = range(40_000)
        coded = {"resourceType": "Observation", "id": "1", "status": "final", "code": {"text": "x"}}
        person = {"resourceType": "Patient", "id": "1"}
        for resource, rows in (
            (coded | {"code": {"coding": [{"system": "urn:x", "code": str(i), "display": f"word {i:05}"} for i in many]}}, 80_000),
            (coded | {"hasMember": [{"reference": f"Observation/{i}"} for i in many]}, 40_000),
            (coded | {"component": [{"code": {"coding": [{"system": "urn:x", "code": str(i)}]}, "valueString": f"x {i}"} for i in many]}, 80_000),
            (person | {"name": [{"text": f"word {i}"} for i in many]}, 40_000),
            (person | {"identifier": [{"system": "urn:x", "value": str(i)} for i in many]}, 40_000),
        ):
            path = self.folder / "resource.json"
            path.write_text(json.dumps(resource))
            ran = Ran(["index", path])
            self.assertEqual(ran.code, 0, ran.err[:500])
            self.assertLess(ran.seconds, MOST_SECONDS)
            self.assertGreaterEqual(ran.lines, rows)


if __name__ == "__main__":
    unittest.main()
