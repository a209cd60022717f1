"""The checks of the plan and of its names bite: each source here breaks one of their rules and is named with its line."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parent.parent.parent / ".ci/check-includes"
PLAN = """throughline_room(fhir/base)
throughline_room(fhir/json USES fhir/base VENDOR rapidjson/)
throughline_room(fhir/path USES fhir/base)
throughline_program(gateway/app USES fhir/json NAME throughline)
"""


class CheckIncludes(unittest.TestCase):
    def check(self, path, line):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "CMakeLists.txt").write_text(PLAN)
            source = root / path
            source.parent.mkdir(parents=True)
            source.write_text("// one\n" + line + "\n")
            done = subprocess.run([sys.executable, str(CHECK), folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return done.returncode, done.stdout

    def test_every_other_json_reader_is_found(self):
        for path, line in (
            ("fhir/path/a.cc", "rapidjson::Document document;"),
            ("fhir/path/a.cc", "#include <rapidjson/document.h>"),
            ("fhir/path/a.cc", '#include "rapidjson/reader.h"'),
            ("gateway/app/a.cc", "#include <Poco/JSON/Parser.h>"),
            ("gateway/app/a.cc", "Poco::JSON::Parser parser;"),
            ("gateway/app/a.cc", "#include <nlohmann/json.hpp>"),
            ("gateway/app/a.cc", "auto value = nlohmann::json::parse(text);"),
            ("gateway/app/a.cc", "#include <json/json.h>"),
            ("gateway/app/a.cc", "#include <simdjson.h>"),
            ("gateway/app/a.cc", "#include <boost/json.hpp>"),
        ):
            code, out = self.check(path, line)
            self.assertEqual(code, 1, line)
            self.assertIn(f"{path}:2: ", out)

    def test_lenient_number_readers_are_found(self):
        for line in ("double d = std::stod(text);", "int i = atoi(text);", "strtoull (text, nullptr, 10);", 'sscanf(text, "%d", &i);', "std::regex r;"):
            code, out = self.check("fhir/base/a.cc", line)
            self.assertEqual(code, 1, line)
            self.assertIn("fhir/base/a.cc:2: ", out)

    def test_arrows_that_point_up_are_found(self):
        code, out = self.check("fhir/base/a.h", '#include "fhir/json/parse.h"')
        self.assertEqual((code, out.split(":")[0]), (1, "fhir/base/a.h"))

    def test_the_one_reader_is_allowed(self):
        self.assertEqual(self.check("fhir/json/parse.cc", "#include <rapidjson/reader.h>")[0], 0)
        self.assertEqual(self.check("fhir/json/parse.cc", "rapidjson::Reader reader;")[0], 0)
        self.assertEqual(self.check("gateway/app/a.cc", '#include "fhir/json/parse.h"  // not rapidjson::Reader')[0], 0)


class CheckNames(unittest.TestCase):
    def check(self, *sources):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "CMakeLists.txt").write_text(PLAN)
            for path, text in sources:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            script = CHECK.with_name("check-names")
            done = subprocess.run([sys.executable, str(script), folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return done.returncode, done.stdout

    HIDDEN = "namespace throughline {\nnamespace {\n\nbool IsBlank(char c) { return c == ' '; }\nconstexpr int kMost = 3;\n\n}  // namespace\n}\n"

    def test_a_name_that_two_files_hide_is_found(self):
        code, out = self.check(("fhir/base/a.cc", self.HIDDEN), ("fhir/base/b.cc", self.HIDDEN))
        self.assertEqual(code, 1)
        for place in ("IsBlank", "kMost", "fhir/base/a.cc:4", "fhir/base/b.cc:5"):
            self.assertIn(place, out)

    def test_a_name_that_hides_one_of_a_header_is_found(self):
        code, out = self.check(("fhir/base/a.cc", self.HIDDEN), ("fhir/base/a.h", "namespace throughline {\nbool IsBlank(std::string_view text);\n}\n"))
        self.assertEqual(code, 1)
        self.assertIn("fhir/base/a.h:2", out)

    def test_other_rooms_may_use_the_same_word(self):
        code, out = self.check(("fhir/base/a.cc", self.HIDDEN), ("fhir/json/b.cc", self.HIDDEN))
        self.assertEqual((code, out), (0, "names: one meaning each in every room\n"))


if __name__ == "__main__":
    unittest.main()
