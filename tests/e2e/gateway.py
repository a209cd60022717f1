"""A gateway for tests, the demo and benchmarks: writes its config, starts it on a free port, talks to it with curl.

Run as a program it prints the config that ./dev run serves with.
"""
import argparse
import collections
import json
import os
import pathlib
import signal
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

# The four development clients: certificate name, organization, role, scopes.
CLIENTS = (
    ("hospital", "HSA-UA", "provider", "system/*.cruds local/sta-aurelia-discharge.cruds"),
    ("recovery-centre", "CR-NORTE", "provider", "system/*.rs local/sta-aurelia-discharge.rs"),
    ("other-centre", "CT-SUR", "provider", "system/*.rs"),
    ("registry", "REGISTRY", "registry", "system/*.rs"),
)

Answer = collections.namedtuple("Answer", "status headers body")


def config(certs, data, port=0, extra=""):
    """The text of a config file for the development certificates in `certs`."""
    clients = "".join(
        f"  - id: {name}\n    san: dns:{name}.example\n    organization: {organization}\n    role: {role}\n"
        f"    scopes: [{', '.join(chr(39) + scope + chr(39) for scope in scopes.split())}]\n" for name, organization, role, scopes in CLIENTS)
    return (f"http:\n  listen: 127.0.0.1:{port}\n  tls:\n    certificate: {certs}/server.crt\n    key: {certs}/server.key\n"
            f"    client_ca: {certs}/ca.crt\nadmin:\n  listen: 127.0.0.1:0\nstore:\n  path: {data}\n"
            f"maps:\n  - sta-aurelia-discharge\nclients:\n{clients}{extra}")


def of_environment(**more):
    """The gateway of a test run: the binary and the certificates are named by the environment."""
    return Gateway(os.environ["THROUGHLINE_BINARY"], os.environ["THROUGHLINE_CERTS"], **more)


def exact(text):
    """Parses JSON so that a comparison sees number literals, not numbers."""
    number = lambda literal: ("number", literal)
    return json.loads(text, parse_int=number, parse_float=number)


class Gateway:
    """A running gateway. Use as a context manager; leaving stops it with SIGTERM and checks that it drained."""

    def __init__(self, binary, certs, data=None, port=0, log=None, extra=""):
        self.binary, self.certs = str(binary), pathlib.Path(certs)
        self.folder = tempfile.TemporaryDirectory(prefix="throughline-")
        self.data = pathlib.Path(data) if data else pathlib.Path(self.folder.name) / "data"
        self.config = pathlib.Path(self.folder.name) / "gateway.yaml"
        # THROUGHLINE_LOGS keeps the logs of a whole run in one folder, for leaks.py.
        logs = os.environ.get("THROUGHLINE_LOGS", self.folder.name)
        self.log = pathlib.Path(log) if log else pathlib.Path(logs) / f"{pathlib.Path(self.folder.name).name}.log"
        self.config_text = config(self.certs, self.data, port, extra)
        self.process = None

    def start(self):
        self.data.mkdir(parents=True, exist_ok=True)
        self.config.write_text(self.config_text)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.binary, "serve", "--config", str(self.config)], stdout=subprocess.PIPE,
                                            stderr=log)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the gateway did not start (exit {self.process.wait()}):\n{self.log.read_text()[-2000:]}")
        event = json.loads(line)
        self.address, self.admin = event["http"], event["admin"]
        self.base = "https://localhost:" + self.address.rsplit(":", 1)[1]
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=15)
        self.process.stdout.close()
        return code

    def curl_arguments(self, client, method, path, headers=()):
        """The curl call for a request; `client` None sends no certificate."""
        call = ["curl", "--silent", "--show-error", "--cacert", str(self.certs / "ca.crt"), "--request", method]
        if client:
            call += ["--cert", str(self.certs / f"{client}.crt"), "--key", str(self.certs / f"{client}.key")]
        for header in headers:
            call += ["--header", header]
        return call + [self.base + path]

    def request(self, client, method, path, body=None, headers=()):
        """One request by curl; `body` is bytes or a path."""
        call = self.curl_arguments(client, method, path, headers) + ["--include", "--http1.1", "--header", "Expect:"]
        if method == "HEAD":
            call = [word for word in call if word not in ("--request", "HEAD")] + ["--head"]
        if body is not None:
            call += ["--data-binary", f"@{body}" if isinstance(body, (str, os.PathLike)) else "@-"]
        done = subprocess.run(call, input=body if isinstance(body, bytes) else None, stdout=subprocess.PIPE, check=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = head.decode("ascii").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        return Answer(int(lines[0].split()[1]), fields, content)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if self.process and self.process.poll() is None:
            code = self.stop()
            if kind is None and code != 0:
                raise RuntimeError(f"the gateway ended with {code} after SIGTERM")
        self.folder.cleanup()


def main():
    parser = argparse.ArgumentParser(description="Prints a config for the development certificates.")
    parser.add_argument("--certs", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--port", type=int, default=8443)
    arguments = parser.parse_args()
    os.makedirs(arguments.data, exist_ok=True)
    print(config(arguments.certs, arguments.data, arguments.port), end="")


if __name__ == "__main__":
    main()
