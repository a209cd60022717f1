"""No value of any record of the fixtures stands in any log of the run, nor in what the gateway wrote to its standard output."""
import csv
import json
import pathlib
import re
import sys

from gateway import ROOT

# Fixture words that are the program's own as well, and say nothing of a person.
PROGRAM_WORDS = {"json", "true", "false", "null"}

# What a start that is refused says on standard error, for people: a sentence and its rule.
REFUSED_START = re.compile(r"^[^{].*: error: .* \[[a-z-]+\]$")


def leaves(value):
    if isinstance(value, dict):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str):
        yield value


def fixture_values():
    """Every text of four characters and more in the sample records of the map library; of tables, six and more."""
    values = set()
    for sample in sorted(ROOT.glob("mappings/library/*/samples/*.json")):
        for value in leaves(json.loads(sample.read_text())):
            if len(value) >= 4 and value.lower() not in PROGRAM_WORDS:
                values.add(value)
    for sample in sorted(ROOT.glob("mappings/library/*/samples/*.csv")):
        with sample.open(encoding="latin-1", newline="") as lines:
            for row in list(csv.reader(lines))[1:]:
                values.update(cell for cell in row if len(cell) >= 6 and cell.lower() not in PROGRAM_WORDS)
    return values


def main():
    folder = pathlib.Path(sys.argv[1])
    logs = sorted(folder.glob("*.log"))
    values = fixture_values()
    lines = found = 0
    for log in logs:
        for number, line in enumerate(log.read_text(errors="replace").splitlines(), 1):
            lines += 1
            if not REFUSED_START.match(line):
                json.loads(line)  # every line is JSON by itself
            hits = [value for value in values if value in line or json.dumps(value)[1:-1] in line]
            if hits:
                found += 1
                print(f"{log.name}:{number}: holds {len(hits)} fixture values", file=sys.stderr)
    print(f"leaks: {len(values)} values looked for in {lines} lines of {len(logs)} logs: {found} lines hold one")
    sys.exit(1 if found or not lines or len(values) < 50 else 0)


if __name__ == "__main__":
    main()
