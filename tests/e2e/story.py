"""./dev demo: a discharge travels from the hospital's own format to FHIR and back, each step checked.

Exits 0 only if every step held. With --stay the gateway is left running afterwards until Ctrl-C.
"""
import argparse
import copy
import json
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys

from gateway import ROOT, Gateway, exact

MAP = "sta-aurelia-discharge"
SAMPLE = ROOT / "mappings/library" / MAP / "samples/hospital_discharge.json"
MRN = "urn:throughline:sta-aurelia:mrn"
MARK = "demo.txt"  # in a data folder: a story's own
STEPS = 5


class Broken(Exception):
    """A step did not hold."""


def check(condition, sentence):
    """One checked fact of the story: printed when it holds, the end of the story when not."""
    if not condition:
        raise Broken(sentence)
    print(f"    \033[32m✓\033[0m {sentence}")


def chapter(number, title):
    print(f"\n\033[1m{number}/{STEPS}  {title}\033[0m")


def show_call(gateway, client, method, path, body=""):
    """Shows the request as a person would type it."""
    words = gateway.curl_arguments(client, method, path)
    home = str(ROOT) + "/"
    line = " ".join(shlex.quote(word.replace(home, "")) for word in words if word not in ("--silent", "--show-error"))
    print(f"    $ {line}{' ' + body if body else ''}")


def differences(a, b, path=""):
    """Pointers at which two exactly parsed JSON values differ: member order is ignored, absent is not null."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted(set(a) | set(b)):
            if name not in a or name not in b:
                yield f"{path}/{name}"
            else:
                yield from differences(a[name], b[name], f"{path}/{name}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, pair in enumerate(zip(a, b)):
            yield from differences(*pair, f"{path}/{index}")
    elif type(a) is not type(b) or a != b:
        yield path


def send(gateway, document):
    """The hospital sends a file in its own format; the answer, record by record."""
    body = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
    answer = gateway.request("hospital", "POST", f"/local/{MAP}", body, ["Content-Type: application/json"])
    if answer.status != 200:
        raise Broken(f"POST /local/{MAP} answered {answer.status}: {answer.body.decode()[:600]}")
    return json.loads(answer.body)


def fhir(gateway, client, method, path, form=None):
    headers = ["Content-Type: application/x-www-form-urlencoded"] if form is not None else []
    answer = gateway.request(client, method, path, form.encode() if form is not None else None, headers)
    if answer.status != 200:
        raise Broken(f"{method} {path} answered {answer.status}: {answer.body.decode()[:600]}")
    return json.loads(answer.body)


def resources(bundle):
    return [entry["resource"] for entry in bundle.get("entry", [])]


def outcomes(answer):
    return [record["outcome"] for record in answer["records"]]


def hospital_sends(gateway):
    chapter(1, "The hospital sends its discharges, in its own format")
    show_call(gateway, "hospital", "POST", f"/local/{MAP}", f"--data-binary @{SAMPLE.relative_to(ROOT)}")
    answer = send(gateway, SAMPLE.read_bytes())
    for record in answer["records"]:
        kinds = {}
        for made in record["resources"]:
            kind = made["reference"].split("/")[0]
            kinds[kind] = kinds.get(kind, 0) + 1
        made = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        print(f"    {record['index']}  {record['outcome']:<9} {made}")
    check(outcomes(answer) == ["created"] * 8, "eight discharges of seven people are stored")
    people = {made["reference"] for record in answer["records"] for made in record["resources"]
              if made["reference"].startswith("Patient/")}
    check(len(people) == 7, "seven people, not eight: the second discharge of one of them joined the first")
    dropped = sorted({row["field"] for record in answer["records"] for row in record["ledger"] if row["kind"] == "dropped"})
    print(f"    the loss ledger says what did not travel: {', '.join(dropped) or 'nothing'}")
    check(dropped == [], "the map drops nothing")
    return answer


def centre_reads(gateway):
    chapter(2, "The recovery centre finds the plan, with its own certificate")
    form = f"patient.identifier={MRN}|SA-004417"
    show_call(gateway, "recovery-centre", "POST", "/fhir/CarePlan/_search", "--data 'patient.identifier=...' (never in the URL)")
    plans = fhir(gateway, "recovery-centre", "POST", "/fhir/CarePlan/_search", form)
    check(plans["total"] == 1, "one CarePlan for this person")
    plan = resources(plans)[0]
    encounter = fhir(gateway, "recovery-centre", "GET", "/fhir/" + plan["encounter"]["reference"])
    check(encounter["resourceType"] == "Encounter" and encounter["class"]["code"] == "IMP",
          "its Encounter: an inpatient stay (the hospital wrote INP)")
    observations = resources(fhir(gateway, "recovery-centre", "POST", "/fhir/Observation/_search",
                                  f"encounter={plan['encounter']['reference']}&_count=200"))
    check(len(observations) > 5, f"{len(observations)} Observations belong to the stay: screens, urine tests, barriers, ...")
    stranger = gateway.request(None, "GET", "/fhir/" + plan["encounter"]["reference"])
    check(stranger.status == 401, "a caller without a certificate is refused (401)")


def hospital_reads_back(gateway, answer):
    chapter(3, "The hospital reads its records back, in its own format")
    document = exact(SAMPLE.read_text())
    ids = [record["id"] for record in answer["records"]]
    show_call(gateway, "hospital", "GET", f"/local/{MAP}/{ids[0]}")
    for index, record_id in enumerate(ids):
        back = gateway.request("hospital", "GET", f"/local/{MAP}/{record_id}")
        if back.status != 200:
            raise Broken(f"GET /local/{MAP}/... answered {back.status}: {back.body.decode()[:600]}")
        back = exact(back.body.decode())
        wanted = {"export": document["export"], "discharges": [document["discharges"][index]]}
        listed = {row["field"].replace("*", r"\d+").replace(".", "/") for row in answer["records"][index]["ledger"]}
        changed = [at for at in differences(wanted, back)
                   if not any(re.fullmatch("/discharges/0/" + pattern, at) for pattern in listed)]
        if changed:
            raise Broken(f"record {index} came back changed at {', '.join(changed[:5])}")
    check(True, "all eight came back the same, cell for cell, but for what the ledger lists")


def hospital_sends_again(gateway, answer):
    chapter(4, "The same file again, and then with one change")
    again = send(gateway, SAMPLE.read_bytes())
    check(outcomes(again) == ["unchanged"] * 8, "sent again: everything unchanged")
    versions = lambda a: [made for record in a["records"] for made in record["resources"]]
    check(versions(again) == versions(answer), "no resource has a new version")
    document = json.loads(SAMPLE.read_text())
    document["discharges"][0]["aftercare"]["barriers"][0]["sev"] = 2
    changed = send(gateway, document)
    check(outcomes(changed) == ["updated"] + ["unchanged"] * 7, "one discharge changed: one record updated")
    before, after = set(map(str, versions(answer))), set(map(str, versions(changed)))
    check(len(after - before) == 1, "one new version, of the one resource that changed")


def a_wrong_value(gateway):
    chapter(5, "A wrong value, put right and replayed")
    document = json.loads(SAMPLE.read_text())
    document["discharges"] = [copy.deepcopy(record) for record in document["discharges"][1:3]]
    for record, number in zip(document["discharges"], ("A25-9001", "A25-9002")):
        record["admission"]["no"] = number
        record["aftercare"]["plan_no"] = number.replace("A25", "ACP")
    right = copy.deepcopy(document["discharges"][0])
    document["discharges"][0]["aftercare"]["barriers"][0]["sev"] = 9
    answer = send(gateway, document)
    check(outcomes(answer) == ["quarantined", "created"], "the wrong record is quarantined, the other one is stored")
    issue = answer["records"][0]["issue"][0]
    print(f"    {issue['details']['coding'][0]['code']}: {issue['diagnostics']}")
    check("barriers" in json.dumps(issue), "the error names the place and not the value")
    check(right["mrn"] not in json.dumps(answer["records"][0]["issue"]), "and nothing of the person")
    corrected = pathlib.Path(gateway.folder.name) / "corrected.json"
    corrected.write_text(json.dumps(right, ensure_ascii=False))
    call = [gateway.binary, "quarantine", "replay", answer["records"][0]["id"], "--with", str(corrected), "--config", str(gateway.config)]
    print("    $ throughline quarantine replay ID --with corrected.json --config gateway.yaml")
    done = subprocess.run(call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    check(done.returncode == 0, "the operator replays it with the value corrected")
    plans = fhir(gateway, "recovery-centre", "POST", "/fhir/CarePlan/_search", f"patient.identifier={MRN}|{right['mrn']}")
    numbers = [identifier["value"] for plan in resources(plans) for identifier in plan.get("identifier", [])]
    check(right["aftercare"]["plan_no"] in numbers, "it is there: the recovery centre finds the plan")


def tell(gateway):
    answer = hospital_sends(gateway)
    centre_reads(gateway)
    hospital_reads_back(gateway, answer)
    hospital_sends_again(gateway, answer)
    a_wrong_value(gateway)


def start_empty(data):
    """The story needs an empty store: what an earlier story left is removed, anything else is not touched."""
    if (data / MARK).exists():
        shutil.rmtree(data)
    if data.exists() and any(data.iterdir()):
        sys.exit(f"demo: {data} is not empty; the story starts with an empty store")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / MARK).write_text("What ./dev demo left; it removes this folder when it runs again.\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--certs", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", help="an empty folder for the store (default: build/dev/demo, emptied first)")
    parser.add_argument("--stay", action="store_true", help="leave the gateway running afterwards")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the gateway is stopped too
    if not arguments.data:
        shutil.rmtree(ROOT / "build/dev/demo", ignore_errors=True)
    data = pathlib.Path(arguments.data or ROOT / "build/dev/demo")
    start_empty(data)
    try:
        with Gateway(arguments.binary, arguments.certs, data, arguments.port) as gateway:
            print(f"The gateway serves {gateway.base} on the embedded SQLite database in {data}.")
            tell(gateway)
            print("\nEvery step held. \033[33mConsent is not enforced yet:\033[0m every registered client may read what its scopes "
                  "cover,\nso the gateway refuses any address that is not loopback.\n"
                  "Where next: README.md, docs/architecture.md, docs/mapping.md; ./dev run serves only.")
            if arguments.stay:
                print(f"Still serving {gateway.base}; Ctrl-C stops it.")
                try:
                    gateway.process.wait()
                except KeyboardInterrupt:
                    pass
    except Broken as broken:
        sys.exit(f"    \033[31m✗\033[0m {broken}\n\nThe story broke here.")
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"demo: {error}")


if __name__ == "__main__":
    main()
