"""Files in the formats of the shipped maps that are not our samples: other values, other orders, other faults.

Whatever comes, a record comes back cell for cell, or a finding says why it does not.
"""
import copy
import csv
import io
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

from gateway import ROOT

LIBRARY = ROOT / "mappings/library"


class Variations(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_map(self, name, given):
        """What comes back of a file's bytes, what was said, and the exit code of the way there."""
        path = self.folder / "given"
        path.write_bytes(given)
        binary = os.environ["THROUGHLINE_BINARY"]
        there = subprocess.run([binary, "map", "run", name, "--to", "fhir", path], capture_output=True, check=False)
        said = there.stderr.decode()
        self.assertIn(there.returncode, (0, 1, 2), said)
        self.assertNotIn("internal", said)
        if there.returncode == 2:
            return None, said, 2
        (self.folder / "bundles").write_bytes(there.stdout)
        back = subprocess.run([binary, "map", "run", name, "--to", "local", self.folder / "bundles"], capture_output=True, check=False)
        self.assertEqual(back.returncode, 0, back.stderr)
        return back.stdout, said, there.returncode

    def bundles(self, name, given, *more):
        """The Bundles of a file, that of the envelope first."""
        path = self.folder / "given"
        path.write_bytes(given)
        there = subprocess.run([os.environ["THROUGHLINE_BINARY"], "map", "run", name, "--to", "fhir", path, *more],
                               capture_output=True, check=True)
        return [json.loads(line) for line in there.stdout.splitlines()]

    def back_of(self, name, bundles):
        path = self.folder / "bundles"
        path.write_text("".join(json.dumps(bundle) + "\n" for bundle in bundles))
        back = subprocess.run([os.environ["THROUGHLINE_BINARY"], "map", "run", name, "--to", "local", path], capture_output=True, check=True)
        return back.stdout


def written(rows, **how):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **how).writerows(rows)
    return text.getvalue().encode()


def cells(text):
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig", errors="replace"))))


class Ndtms(Variations):
    # Five rows of four episodes; the last row of the sample is wrong.
    ROWS = cells((LIBRARY / "ndtms/samples/ndtms_community.csv").read_bytes())[:6]

    def with_cell(self, column, value, row=1):
        rows = copy.deepcopy(self.ROWS)
        for at in (row, row + 1) if row == 1 else (row,):  # the first two rows are one record
            rows[at][rows[0].index(column)] = value
        return rows

    def comes_back(self, given):
        back, said, code = self.run_map("ndtms", given)
        self.assertEqual(code, 0, said)
        self.assertEqual([row for row in cells(back) if row], [row for row in cells(given) if row])
        return back, said

    def is_said(self, given, rule, records, code=1):
        """`records` rows come back, the rest is a finding of this rule."""
        back, said, got = self.run_map("ndtms", given)
        self.assertEqual(got, code, said)
        self.assertIn(f"[{rule}]", said)
        if back is not None:
            kept = [row for row in cells(back)[1:] if row]
            self.assertEqual(len(kept), records)
            for row in kept:
                self.assertIn([cell for cell in row if cell not in ("", "NA")],
                              [[cell for cell in other if cell not in ("", "NA")] for other in cells(given)[1:]])
        return said

    def test_bytes_of_other_writers_come_back_as_they_are(self):
        plain = written(self.ROWS)
        for given in (plain, plain.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + plain):
            self.assertEqual(self.comes_back(given)[0], given)

    def test_quotes_and_line_ends_of_other_writers(self):
        plain = written(self.ROWS)
        self.comes_back(written(self.ROWS, quoting=csv.QUOTE_ALL))
        self.comes_back(plain[:-1])
        self.comes_back(plain.replace(b"\n", b"\n\n", 2))
        self.comes_back(written(self.with_cell("PC", 'Z\u00e9, "9"\nx')))

    def test_values_that_look_like_something_else(self):
        for value in ("=cmd()", " ZZ9 9 ", "007", "+44", "-", "{{}}", "\u00c3\u00b1", "N/A", "null", "1e3"):
            self.comes_back(written(self.with_cell("PC", value)))
        self.comes_back(written(self.ROWS).replace(b",NA,", b",,"))

    def test_columns_in_any_order(self):
        for seed in range(3):
            order = list(range(len(self.ROWS[0])))
            random.Random(seed).shuffle(order)
            self.comes_back(written([[row[at] for at in order] for row in self.ROWS]))

    def test_columns_that_are_missing(self):
        def without(column):
            at = self.ROWS[0].index(column)
            return written([row[:at] + row[at + 1:] for row in self.ROWS])
        for column in ("QUALLIFE", "TOPDATE", "ETHNIC", "MODID"):
            self.assertIn(f"no column '{column}'", self.comes_back(without(column))[1])
        self.is_said(without("DOB"), "map-missing", 1)
        self.is_said(without("CONSENT"), "map-missing", 0)
        for column in ("AGNCY", "CLIENTID", "EPISODID"):
            self.is_said(without(column), "record-header", 0, 2)

    def test_a_column_that_the_map_does_not_know(self):
        rows = [row + [cell] for row, cell in zip(self.ROWS, ("TOMORROW", "", "", "x", "", ""))]
        said = self.is_said(written(rows), "map-unknown", 4)
        self.assertIn("'TOMORROW' is not known to the map; 1 of its cells", said)
        rows = [row + [""] for row in self.ROWS]
        rows[0][-1] = "TOMORROW"
        self.comes_back(written(rows))

    def test_headers_that_are_not_quite_those(self):
        plain = written(self.ROWS)
        for before, behind in ((b"FINITIAL", b"FINITIAL "), (b"FINITIAL", b"finitial"), (b"PWORK,EDUCAT", b"PWORK\tEDUCAT,X")):
            self.is_said(plain.replace(before, behind), "record-column-unknown", 0)
        self.is_said(plain.replace(b"PC,", b"PC,PC,", 1), "record-header", 0, 2)
        self.assertIn("is it 'FINITIAL'?", self.is_said(plain.replace(b"FINITIAL", b"finitial"), "record-column-unknown", 0))
        self.assertIn("is it 'agncy'?", self.is_said(plain.replace(b"AGNCY", b"agncy"), "record-header", 0, 2))
        self.assertIn("is ',' what stands between cells?", self.is_said(written(self.ROWS, delimiter=";"), "record-header", 0, 2))

    def test_findings_give_the_line_and_the_column_of_the_file(self):
        rows = copy.deepcopy(self.ROWS)
        rows[2][rows[0].index("ALCUSE")] = "29"  # the second row of the first record
        rows[4][rows[0].index("SEX")] = "m"
        rows.insert(3, rows.pop(4))
        said = self.is_said(written(rows), "map-range", 2)
        letter = "B" + chr(ord("A") + rows[0].index("ALCUSE") - 52)
        self.assertIn(f"record 0 (line 3, column {letter}): /row/1/ALCUSE: error:", said)
        self.assertIn("record 1 (line 4, column D): /SEX: error:", said)

    def test_files_with_nothing_in_them(self):
        self.is_said(b"", "record-header", 0, 2)
        header = written(self.ROWS[:1])
        self.comes_back(header)
        self.comes_back(header[:-1])

    def test_rows_that_are_broken(self):
        plain = written(self.ROWS)
        self.is_said(plain + b"short,row\n", "record-row", 5)
        self.is_said(plain.replace(b"ZZ9 9", b"a,b", 1), "record-row", 4)
        self.is_said(plain.replace(b"ZZ9 9", b"a,b,c,d", 1), "record-row", 4)
        self.is_said(written(self.with_cell("PC", "ZZ\u00e9")).decode().encode("latin-1"), "record-encoding", 3)

    def test_values_that_are_wrong(self):
        for column, value, rule in (("SEX", "m", "map-code"), ("CONSENT", "y", "map-code"), ("DOB", "31/06/1984", "map-date"),
                                    ("DOB", "1/6/1984", "map-date"), ("DOB", "1984-06-11", "map-date"), ("DOB", "29/02/2023", "map-date"),
                                    ("ALCUSE", "29", "map-range"), ("ALCUSE", "-1", "map-range"), ("ALCUSE", "4.0", "map-kind"),
                                    ("SHARING", "y", "map-value"), ("PREVTR", "1", "map-value"), ("REFLD", "10/01/2025", "map-check"),
                                    ("DISD", "08/01/2025", "map-check"), ("DOB", "07/01/2007", "map-check")):
            with self.subTest(column=column, value=value):
                self.is_said(written(self.with_cell(column, value)), rule, 3)

    def test_codes_that_no_table_has_travel_alone(self):
        for column in ("ETHNIC", "RFLS", "DRUG1", "ROUTE", "EMPSTAT", "MODAL", "INJSTAT", "TRSTAGE"):
            self.comes_back(written(self.with_cell(column, "x?")))

    def test_rows_of_one_episode_that_contradict_each_other(self):
        rows = copy.deepcopy(self.ROWS)
        rows[2][rows[0].index("SEX")] = "2"
        self.is_said(written(rows), "record-rows", 3)
        self.comes_back(written(self.ROWS[:2] + self.ROWS[1:2] + self.ROWS[3:]))

    def test_resources_in_another_order_are_the_same_rows(self):
        rows = copy.deepcopy(self.ROWS[:3]) + [list(self.ROWS[2])]
        for at, row in enumerate(rows[1:]):
            row[rows[0].index("TOPID")], row[rows[0].index("MODID")], row[rows[0].index("ALCUSE")] = f"T{at}", f"M{at}", str(at)
            row[rows[0].index("RECPEER")] = "YN"[at % 2]
        bundle = self.bundles("ndtms", written(rows))[-1]
        for seed in range(5):
            random.Random(seed).shuffle(bundle["entry"])
            back = cells(self.back_of("ndtms", [bundle]))
            found = {row[back[0].index("TOPID")]: [row[back[0].index(name)] for name in ("MODID", "ALCUSE", "RECPEER")] for row in back[1:] if row}
            self.assertEqual(found, {f"T{at}": [f"M{at}", str(at), "YN"[at % 2]] for at in range(3)})

    def test_dataset_k(self):
        flags = ("PHSTBL PHWTH PHMAIN PHRELPR PSYMOTI PSYCNMG PSYFSNI PSYCGBH PSYMNTH PSYDNMC PSYSTP PSYCOUN PSYOTHR RECPEER RECMAID RECFMSP "
                 "RECPRNT RECHSE RECEMP RECEDUT RECWPRJ RECCHKP RECRLPP RECCMPT RECGNH RECOTH").split()
        header = "FINITIAL SINITIAL DOB SEX REFLD AGNCY CLIENTID EPISODID CONSENT TRIAGED DRUG1 MODAL MODID".split() + flags + ["TITDATE", "TITREAT", "TITID"]
        rows = [header]
        for at, modality in enumerate(("93", "94", "95", "96", "76", "7")):
            rows.append(["A", "B", "01/02/1980", "1", "01/02/2024", "N1", str(100 + at), str(200 + at), "Y", "02/02/2024", "1011", modality, str(at)] +
                        [("Y", "N", "NA")[(at + flag) % 3] for flag in range(len(flags))] + ["05/02/2024", "1", "7"])
        self.comes_back(written(rows))
        rows[1][13] = "y"
        self.is_said(written(rows), "map-value", 5)


class StaAurelia(Variations):
    NAME = "sta-aurelia-discharge"
    FILE = json.loads((LIBRARY / NAME / "samples/every-code.json").read_text())

    def changed(self, change):
        record = copy.deepcopy(self.FILE["discharges"][0])
        change(record)
        return {**self.FILE, "discharges": [record, self.FILE["discharges"][1]]}

    def test_other_white_space_is_the_same_file(self):
        for how in ({"indent": None}, {"indent": 4}, {"indent": "\t"}, {"separators": (",", ":")}):
            back, said, code = self.run_map(self.NAME, json.dumps(self.FILE, ensure_ascii=True, **how).encode())
            self.assertEqual((code, json.loads(back)), (0, self.FILE), said)

    def test_a_file_without_records_or_with_one_twice(self):
        for records in ([], self.FILE["discharges"][:1] * 2):
            back, _, code = self.run_map(self.NAME, json.dumps({**self.FILE, "discharges": records}).encode())
            self.assertEqual((code, json.loads(back)["discharges"]), (0, records))

    def test_what_is_no_such_file(self):
        for given, rule in ((b"", "record-structure"), (b"[]", "record-structure"), (b"{}", "record-path"), (b'{"discharges":{}}', "record-path")):
            _, said, code = self.run_map(self.NAME, given)
            self.assertEqual(code, 2)
            self.assertTrue(f"[{rule}]" in said or "[record-cut]" in said, said)

    def test_odd_values_come_back(self):
        changes = (lambda record: record["admission"].update(unit="detox", disposition="transfer:x:y"),
                   lambda record: record["admission"].update(admitted="2025-04-05T23:30", discharged="2025-04-06T10:00"),
                   lambda record: record.update(name={"given": ["=cmd()", "{{x}}", "<b>", "Jose\u0301", ""]}),
                   lambda record: record.update(name={"given": [], "family": ""}),
                   lambda record: record["aftercare"]["barriers"].append(record["aftercare"]["barriers"][0]),
                   lambda record: record["aftercare"]["barriers"].append(None),
                   lambda record: record.update(uds=[{}, None]),
                   lambda record: record["aftercare"]["goals"].append({"text": " "}))
        for at, change in enumerate(changes):
            with self.subTest(change=at):
                document = self.changed(change)
                back, said, code = self.run_map(self.NAME, json.dumps(document).encode())
                self.assertEqual((code, json.loads(back)), (0, document), said)

    def test_resources_in_another_order_say_the_same(self):
        envelope, bundle = self.bundles(self.NAME, json.dumps({**self.FILE, "discharges": self.FILE["discharges"][:1]}).encode())
        given = self.FILE["discharges"][0]
        for seed in range(5):
            random.Random(seed).shuffle(bundle["entry"])
            back = json.loads(self.back_of(self.NAME, [envelope, bundle]))["discharges"][0]
            self.assertEqual(back["dx"], given["dx"])
            self.assertEqual(back["aftercare"]["goals"], given["aftercare"]["goals"])

    def test_a_bundle_of_another_writer_is_cut_into_its_records(self):
        records = self.FILE["discharges"][0:3:2]  # of two people
        envelope, *bundles = self.bundles(self.NAME, json.dumps({**self.FILE, "discharges": records}).encode())
        entries = [{"fullUrl": entry["fullUrl"], "resource": {name: value for name, value in entry["resource"].items() if name != "id"}}
                   for bundle in bundles for entry in bundle["entry"]]
        numbers = {}
        for entry in entries:  # a server that counts: Patient/1, Encounter/1, ...
            kind = entry["resource"]["resourceType"]
            numbers[entry["fullUrl"]] = f"{kind}/{sum(name.startswith(kind + '/') for name in numbers.values()) + 1}"
        text = json.dumps(entries)
        for url, name in numbers.items():
            text = text.replace(url, name)
        counted = [{"resource": {**entry["resource"], "id": entry["fullUrl"].split("/")[1]}} for entry in json.loads(text)]
        for written_so in (entries, counted):
            back = json.loads(self.back_of(self.NAME, [envelope, {"resourceType": "Bundle", "type": "collection", "entry": written_so}]))
            self.assertEqual(back["discharges"], records)

    def test_an_edited_record_is_what_comes_back_of_what_was_stored(self):
        record = self.FILE["discharges"][0]
        dx = {"rank": 9, "sys": "ICD10", "code": "B20", "text": "one more"}
        changes = (lambda now: now["aftercare"]["activities"].reverse(),
                   lambda now: now["aftercare"]["activities"].insert(0, {"code": "MAT", "freq": "daily"}),
                   lambda now: now["dx"].reverse(), lambda now: now["dx"].insert(0, dx), lambda now: now["dx"].pop(0),
                   lambda now: now["name"].update(given=["Ana"] + now["name"]["given"]),
                   lambda now: now["consent"].update(recipients=["NEW"] + now["consent"]["recipients"]),
                   lambda now: now["aftercare"]["goals"].reverse(), lambda now: now["uds"].reverse())
        file = {**self.FILE, "discharges": [record]}
        stored = self.folder / "stored"
        stored.write_text("".join(json.dumps(bundle) + "\n" for bundle in self.bundles(self.NAME, json.dumps(file).encode())))
        for at, change in enumerate(changes):
            with self.subTest(change=at):
                edited = copy.deepcopy(file)
                change(edited["discharges"][0])
                bundles = self.bundles(self.NAME, json.dumps(edited).encode(), "--onto", stored)
                self.assertEqual(json.loads(self.back_of(self.NAME, bundles)), edited)

    def test_wrong_values_are_said_and_the_next_record_is_taken(self):
        changes = ((lambda record: record.update(sex="f"), "map-code"), (lambda record: record["admission"].update({"class": "inp"}), "map-code"),
                   (lambda record: record["admission"].update(admitted="2025-03-20T10:00", discharged="2025-02-03T14:10"), "map-check"),
                   (lambda record: record["admission"].update(disposition=":x"), "map-split"), (lambda record: record.update(dob="1990-02-30"), "map-date"),
                   (lambda record: record["admission"].update(admitted="2025-09-07T00:30"), "map-time-gap"),
                   (lambda record: record.update(new={"a": [1]}), "map-unknown"), (lambda record: record.update(prior_tx_episodes=2.5), "map-kind"),
                   (lambda record: record.update(children_in_care_of_patient=True), "map-kind"), (lambda record: record.update(mrn=""), "map-missing"),
                   (lambda record: record.update(dx=[[]]), "map-kind"), (lambda record: record["aftercare"]["barriers"][0].update(sev=4), "map-range"))
        for at, (change, rule) in enumerate(changes):
            with self.subTest(change=at):
                back, said, code = self.run_map(self.NAME, json.dumps(self.changed(change)).encode())
                self.assertEqual(code, 1, said)
                self.assertIn(f"[{rule}]", said)
                self.assertEqual(json.loads(back)["discharges"], [self.FILE["discharges"][1]])

    def test_bytes_that_are_not_utf_8_cost_their_record_alone(self):
        given = json.dumps(self.FILE, ensure_ascii=False, indent=1).replace("Rosa", "R\u00f3sa").encode("latin-1")
        back, said, code = self.run_map(self.NAME, given)
        self.assertEqual(code, 1)
        self.assertIn("[json-utf8]", said)
        self.assertGreater(len(json.loads(back)["discharges"]), 0)


if __name__ == "__main__":
    unittest.main()
