"""kill -9: what was acknowledged is there, once and whole.

Eight connections send single records, each made from the sample, over TLS; the gateway is killed at a random moment and started
again; every acknowledged record must read back equal to what was sent, and no record may be there half or twice. Some cycles
kill it inside one long NDJSON stream instead: every line that was answered must be there.
"""
import argparse
import copy
import http.client
import json
import random
import re
import socket
import ssl
import sys
import subprocess
import threading
import time

from gateway import ROOT, Gateway, exact

MAP = "sta-aurelia-discharge"
SAMPLE = ROOT / "mappings/library" / MAP / "samples/hospital_discharge.json"


def records(prefix):
    """Endless distinct records, each with a person and an admission of its own."""
    shapes = json.loads(SAMPLE.read_text())["discharges"]
    number = 0
    while True:
        record = copy.deepcopy(shapes[number % len(shapes)])
        record["mrn"] = f"SA-{prefix}-{number}"
        record["admission"]["no"] = f"A-{prefix}-{number}"
        if record["aftercare"]:
            record["aftercare"]["plan_no"] = f"ACP-{prefix}-{number}"
        yield record
        number += 1


def context(gateway):
    tls = ssl.create_default_context(cafile=gateway.certs / "ca.crt")
    tls.load_cert_chain(gateway.certs / "hospital.crt", gateway.certs / "hospital.key")
    return tls


def envelope(record):
    document = json.loads(SAMPLE.read_text())
    return json.dumps({"export": document["export"], "discharges": [record]}, ensure_ascii=False).encode()


class Ledger:
    """What was attempted and what was acknowledged, by key."""

    def __init__(self):
        self.lock, self.attempted, self.acknowledged = threading.Lock(), {}, {}

    def attempt(self, record):
        with self.lock:
            self.attempted[record["mrn"]] = record

    def acknowledge(self, record, record_id):
        with self.lock:
            self.acknowledged[record["mrn"]] = record_id


def sender(gateway, ledger, prefix, stop):
    """One connection: a record, its answer, the next one, until the gateway is gone."""
    try:
        connection = http.client.HTTPSConnection(gateway.base.split("//")[1], context=context(gateway), timeout=20)
        for record in records(prefix):
            if stop.is_set():
                return
            ledger.attempt(record)
            connection.request("POST", f"/local/{MAP}", envelope(record), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = json.loads(answer.read())
            if answer.status == 200 and body["records"][0]["outcome"] in ("created", "unchanged"):
                ledger.acknowledge(record, body["records"][0]["id"])
            else:
                print(f"kill: answered {answer.status} {json.dumps(body)[:300]}", file=sys.stderr)
                return
    except (OSError, http.client.HTTPException, ValueError):
        return


def single_records(gateway, ledger, cycle, seconds, chance):
    stop = threading.Event()
    threads = [threading.Thread(target=sender, args=(gateway, ledger, f"{cycle}{name}", stop)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    stop.wait(seconds * (0.5 + chance.random()))
    gateway.kill()
    stop.set()
    for thread in threads:
        thread.join()


def one_stream(gateway, ledger, cycle, wanted):
    """One request of many lines; killed after `wanted` answers have come."""
    raw = socket.create_connection(("127.0.0.1", int(gateway.address.rsplit(":", 1)[1])), timeout=20)
    connection = context(gateway).wrap_socket(raw, server_hostname="localhost")
    connection.sendall(f"POST /local/{MAP} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                       "Accept: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    source, keys, received, answered = records(f"{cycle}s"), [], b"", 0
    try:
        while answered < wanted:
            for _ in range(16):
                record = next(source)
                ledger.attempt(record)
                keys.append(record)
                line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
                connection.sendall(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            received += connection.recv(1 << 16)
            answered = received.count(b'"outcome"')
        gateway.kill()
        while more := connection.recv(1 << 16):
            received += more
    except OSError:
        pass
    if gateway.process.poll() is None:
        gateway.kill()
    for line in re.findall(rb'^\{"index":.*\}$', received.replace(b"\r", b""), re.M):
        answer = json.loads(line)
        if answer["outcome"] == "created":
            ledger.acknowledge(keys[answer["index"]], answer["id"])


def same(sent, back):
    """Equal by value."""
    return exact(json.dumps(sent)) == back


def verify(gateway, ledger, chance):
    """(lost, half, doubled) after a restart: all that was acknowledged, and some of what was only attempted."""
    lost = half = 0
    connection = http.client.HTTPSConnection(gateway.base.split("//")[1], context=context(gateway), timeout=20)
    for mrn, record_id in ledger.acknowledged.items():
        connection.request("GET", f"/local/{MAP}/{record_id}")
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            lost += 1
        elif not same(copy.deepcopy(ledger.attempted[mrn]), exact(body.decode())["discharges"][0]):
            half += 1
    stored = 0
    unsure = sorted(set(ledger.attempted) - set(ledger.acknowledged))
    for mrn in list(ledger.acknowledged) + chance.sample(unsure, min(len(unsure), 100)):
        form = f"identifier=urn:throughline:sta-aurelia:mrn|{mrn}&_summary=count"
        connection.request("POST", "/fhir/Patient/_search", form, {"Content-Type": "application/x-www-form-urlencoded"})
        total = json.loads(connection.getresponse().read())["total"]
        stored += total > 1
    return lost, half, stored


def deep(gateway):
    """The store's own opinion, from outside the process."""
    return subprocess.run([gateway.binary, "verify", "--deep", "--config", str(gateway.config)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--certs", required=True)
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--stream-cycles", type=int, default=5)
    parser.add_argument("--minimum", type=int, default=100, help="acknowledged records that three cycles of four must reach")
    parser.add_argument("--seconds", type=float, default=3, help="about how long a cycle sends before the kill")
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 30)
    chance = random.Random(seed)
    print(f"kill: seed {seed}")
    total = {"acknowledged": 0, "lost": 0, "half": 0, "doubled": 0}
    reached = 0
    with Gateway(arguments.binary, arguments.certs) as gateway:
        for cycle in range(arguments.cycles + arguments.stream_cycles):
            ledger, began = Ledger(), time.monotonic()
            if cycle < arguments.cycles:
                single_records(gateway, ledger, cycle, arguments.seconds, chance)
                reached += len(ledger.acknowledged) >= arguments.minimum
            else:
                one_stream(gateway, ledger, cycle, chance.randrange(20, 200))
            gateway.start()
            lost, half, doubled = verify(gateway, ledger, chance)
            for name, value in (("acknowledged", len(ledger.acknowledged)), ("lost", lost), ("half", half), ("doubled", doubled)):
                total[name] += value
            print(f"kill: cycle {cycle + 1}: {len(ledger.attempted)} attempted, {len(ledger.acknowledged)} acknowledged, "
                  f"{lost} lost, {half} half, {doubled} doubled ({time.monotonic() - began:.1f} s)", flush=True)
        gateway.stop()
        opinion = deep(gateway)
        gateway.start()
    print(f"kill: {arguments.cycles + arguments.stream_cycles} cycles, {total['acknowledged']} acknowledged, {total['lost']} lost, "
          f"{total['half']} half, {total['doubled']} doubled; {reached} of {arguments.cycles} cycles reached {arguments.minimum}; "
          f"verify --deep {'found nothing' if opinion.returncode == 0 else 'FAILED: ' + opinion.stdout[-500:]}")
    good = total["lost"] == total["half"] == total["doubled"] == 0 and opinion.returncode == 0
    enough = reached * 4 >= arguments.cycles * 3
    if not enough:
        print(f"kill: too few cycles acknowledged {arguments.minimum} records", file=sys.stderr)
    sys.exit(0 if good and enough else 1)


if __name__ == "__main__":
    main()
