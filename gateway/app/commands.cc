#include <array>

#include "gateway/app/command.h"

namespace throughline::app {
namespace {

constexpr OptionRow kConfig{"config", "FILE", "the gateway's config (YAML)"};
constexpr OptionRow kPackage{"package", "TGZ", "a FHIR package as published; may be repeated"};
constexpr OptionRow kFormat{"format", "text|json", "how findings are printed (default text)"};

constexpr std::array kServeOptions = {
    kConfig,
    OptionRow{"i-know-consent-is-not-enforced", "",
              "serve an address that is not loopback although consent is not enforced yet"},
};
constexpr std::array kImportOptions = {
    OptionRow{"map", "MAP", "the map that reads the file"},
    kConfig,
};
constexpr std::array kMapCheckOptions = {
    OptionRow{"format", "text|json|markdown", "how the report is printed (default text)"},
    kPackage,
};
constexpr std::array kMapTestOptions = {
    OptionRow{"generate", "N", "also check the laws on N records made from the map (default 100)"},
    OptionRow{"seed", "N", "what the made records follow from (default 1)"},
    kPackage,
};
constexpr std::array kMapRunOptions = {
    OptionRow{"to", "fhir|local", "the direction"},
    kPackage,
    OptionRow{"ledger", "FILE.csv", "write the loss ledger there"},
    OptionRow{"onto", "FILE.ndjson", "resources that are already stored: what the map does not cover is kept"},
};
constexpr std::string_view kMapCheckDetails =
    "MAP: a name of the library, a folder with a map.yaml, or a .yaml file. Of a map that is refused, every mistake: "
    "place,\n"
    "what is wrong, what to do, the line with a mark under it, and a rule. Of one that loads, where each field goes "
    "and how\n"
    "well it comes back, and what is doubtful:\n"
    "  throughline map check clinic/map.yaml\n"
    "Exit: 0 nothing found, 1 mistakes or warnings, 2 a file cannot be read.\n";
constexpr std::string_view kMapTestDetails =
    "MAP: a name of the library, a folder with a map.yaml, or a .yaml file. Each sample that the map lists, and each "
    "record\n"
    "made from its own fields, ranges and code tables, must come back as it was, make the same resources again, make "
    "valid\n"
    "R4, and keep what a partner added. Of a made record that fails, the smallest one that still does is shown:\n"
    "  throughline map test clinic/map.yaml --generate 1000\n"
    "Exit: 0 every law held, 1 some did not (or the map is refused), 2 a file cannot be read.\n";
constexpr std::string_view kMapRunDetails =
    "MAP: a name of the library, a folder with a map.yaml, or a .yaml file. To fhir: a local file becomes NDJSON, one\n"
    "transaction Bundle a record. To local: such NDJSON, a Bundle, or a folder of them becomes a local file. The "
    "result is\n"
    "written to standard output; records with errors are left out and said on stderr, with the place, never with a "
    "value:\n"
    "  throughline map run clinic/map.yaml --to fhir visits.csv --ledger losses.csv > visits.ndjson\n"
    "  throughline map run clinic/map.yaml --to local visits.ndjson > back.csv\n"
    "Exit: 0 every record is there, 1 some were left out, 2 the map or a file cannot be read.\n";
constexpr std::array kFhirpathOptions = {
    OptionRow{"batch", "", "a question a line (NDJSON) from FILE or standard input, an answer a line"},
    OptionRow{"explain", "", "print the compiled expression as a tree instead, with types where they are known"},
    OptionRow{"model", "r4|none", "none: plain property names, without FHIR's types (default r4)"},
    OptionRow{"context", "EXPRESSION", "what the expression is evaluated on (default: the resource)"},
};
constexpr std::array kValidateOptions = {
    OptionRow{"profile", "URL|FILE", "a profile that every resource must conform to; may be repeated"},
    OptionRow{"support", "FILE|DIR",
              "resources that others need: profiles, value sets, Questionnaires; may be repeated"},
    kPackage,
    kFormat,
};
constexpr std::string_view kValidateDetails =
    "A file is one JSON document, or NDJSON (by its name, or by its first lines); `-` is standard input. Of a folder\n"
    "all .json, .ndjson and .jsonl files below it are read, sorted by path. Findings are in the order of the input:\n"
    "  text  FILE:LINE:COLUMN: error: PLACE: what is wrong and what to do [rule]\n"
    "  json  a line a resource: {\"file\",\"line\",\"id\",\"valid\",\"issue\":[...]}\n"
    "Exit: 0 all are valid (warnings do not count), 1 some are not, 2 something could not be read.\n";
constexpr std::string_view kIndexDetails =
    "FILE: a resource as JSON, or NDJSON (rows then start with \"resource\":\"Type/id\"). Each line is one row:\n"
    "  {\"param\":\"code\",\"type\":\"token\",\"system\",\"code\"}\n"
    "  {\"type\":\"string\",\"value\",\"folded\"}                without case and accents\n"
    "  {\"type\":\"reference\",\"target\":\"Patient/1\"}         \"version\" too where one is written\n"
    "  {\"type\":\"date\",\"start\",\"end\"}                   [start, end), UTC where no zone is; null: open\n"
    "  {\"type\":\"number\",\"low\",\"high\",\"value\"}         [low, high) by the written precision\n"
    "  {\"type\":\"quantity\",\"low\",\"high\",\"value\",\"system\",\"code\",\"unit\"}\n"
    "                                          \"canonical\":true: the same amount in UCUM's base units\n"
    "  {\"type\":\"uri\",\"value\"}\n"
    "  {\"type\":\"composite\",\"components\":[{\"type\":\"token\",...},{\"type\":\"quantity\",...}]}\n"
    "\"param\" is the name in URLs; with a modifier for what only that looks at: code:text, identifier:of-type,\n"
    "subject:identifier.\n";
constexpr std::string_view kMapNewDetails =
    "FILE is JSON, NDJSON or CSV; its first 16 MiB are looked at. The map says what can be seen: format, delimiter,\n"
    "encoding, decimal sign, where the records are, a key, types, forms of dates, words for nothing. Every field but "
    "the\n"
    "key is dropped, `not mapped yet`, and comments say how to go on:\n"
    "  mkdir clinic && throughline map new visits.csv > clinic/map.yaml && throughline map check clinic/map.yaml\n"
    "No values are printed but words for nothing and codes: short values that several records hold, in fields that are "
    "no\n"
    "key and by their name about no person. Look through the draft all the same before you give it to anybody.\n";
constexpr std::array kMapDiffOptions = {kFormat, kPackage};
constexpr std::string_view kMapDiffDetails =
    "OLD and NEW are maps as for `map check`. Without FILE: fields, targets, grades, rows of code tables, constants "
    "and\n"
    "resources that are not the same. With FILE, also every record of it through both maps: which ones become "
    "something\n"
    "else, and at which FHIR paths; never a value. FILE is a local file, or what `map run --to fhir` wrote (then the "
    "record\n"
    "that OLD reads from it is what NEW is given). Resource ids follow from a map's name; that difference is not "
    "told.\n"
    "  throughline map diff clinic clinic-2026/map.yaml visits.csv\n"
    "Exit: 0 nothing would change, 1 something would, 2 a map or the file cannot be read.\n";
constexpr std::string_view kMapSchemaDetails =
    "JSON Schema draft 07. Keep it beside your maps and name it on their first line; no network is needed:\n"
    "  throughline map schema > map.schema.json\n"
    "  # yaml-language-server: $schema=map.schema.json\n"
    "It knows the words and what may stand behind them; `map check` knows the rest.\n";
constexpr std::array kIndexOptions = {kPackage};
constexpr std::array kConfigOnly = {kConfig};
constexpr std::array kReplayOptions = {
    OptionRow{"with", "FILE", "the record put right, to be taken instead of the one that was kept"},
    kConfig,
};
constexpr std::array kVerifyOptions = {
    OptionRow{"deep", "", "also derive every index row again and compare"},
    kConfig,
};

constexpr std::array kCommands = {
    CommandRow{"serve", "--config FILE", "serve FHIR and local formats over HTTPS until SIGTERM", kServeOptions, Serve},
    CommandRow{"import", "--map MAP FILE", "take a local file into the store, as the operator", kImportOptions, Import},
    CommandRow{"map check", "[MAP...]", "find every mistake in maps; needs no server (default: all of the library)",
               kMapCheckOptions, MapCheck, kMapCheckDetails},
    CommandRow{"map test", "[MAP...]", "check the laws of maps on their samples and on made records", kMapTestOptions,
               MapTest, kMapTestDetails},
    CommandRow{"map run", "MAP --to fhir|local [FILE|-]", "map a file without storing it; `-` is standard input",
               kMapRunOptions, MapRun, kMapRunDetails},
    CommandRow{"map new",
               "FILE",
               "draft a map for a file of an unknown format: it loads at once, and drops all but the key",
               {},
               MapNew,
               kMapNewDetails},
    CommandRow{"map diff", "OLD NEW [FILE]",
               "what a new version of a map changes, in the map and in the records of a file", kMapDiffOptions, MapDiff,
               kMapDiffDetails},
    CommandRow{"map schema",
               "",
               "print the JSON Schema of maps, for editors that complete and check YAML",
               {},
               MapSchema,
               kMapSchemaDetails},
    CommandRow{"json", "[FILE]", "parse JSON strictly and write it canonically", {}, Json},
    CommandRow{"fhirpath", "EXPRESSION [FILE] | --batch [FILE.ndjson]",
               "evaluate FHIRPath on a resource; standard input is read without FILE", kFhirpathOptions, Fhirpath},
    CommandRow{"validate", "FILE|DIR...", "check resources (JSON, NDJSON, folders of them) on all cores",
               kValidateOptions, Validate, kValidateDetails},
    CommandRow{"index", "FILE", "what a search looks at: the index rows of a resource, a line of JSON each",
               kIndexOptions, Index, kIndexDetails},
    CommandRow{"quarantine list", "", "records that were kept aside", kConfigOnly, QuarantineList},
    CommandRow{"quarantine show", "ID", "why a record was kept aside, and the record", kConfigOnly, QuarantineShow},
    CommandRow{"quarantine replay", "[ID...]", "try records again (default: all), for example after a map was mended",
               kReplayOptions, QuarantineReplay},
    CommandRow{"verify", "", "check the store: database, audit chain, and with --deep the search index", kVerifyOptions,
               Verify},
    CommandRow{"backup", "DIR", "a consistent copy of the store and its keys", kConfigOnly, Backup},
    CommandRow{"restore", "DIR", "put a backup where the config's store is; refused when one is there", kConfigOnly,
               Restore},
    CommandRow{"certs", "DIR", "development certificates: a CA, a server and four clients", {}, Certificates},
    CommandRow{"version", "", "versions of the program and of FHIR", {}, Version},
};

}  // namespace

std::span<const CommandRow> Commands() { return kCommands; }

}  // namespace throughline::app
