"""The app as a person starts it: a process of its own on a free port, asked over HTTP.

Used by tests of the app.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ONE_HOUR = """\
study: algebra
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
technologies:
  reactor: {capex: 100 USD/kW, fixed: 20 USD/kW-year, variable: 10 USD/MWh}
  plant: {capex: 300 USD/kW, variable: 40 USD/MWh}
sites: {here: {build: {reactor: {use: reactor, at_most: 6 MW}, plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 500 USD/MWh}}
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)


@dataclass(frozen=True)
class Running:
    """The app as a process.

    `ask` sends one request with exactly the headers given (and the right Host unless another is).
    """

    process: subprocess.Popen
    url: str
    token: str
    port: int

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        sent = None if body is None else json.dumps(body).encode()
        line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        told = {"Host": f"127.0.0.1:{self.port}", **(headers or {})}
        if sent is not None:
            told = {"Content-Type": "application/json", "Content-Length": str(len(sent)), **told}
        for name, value in told.items():
            line.putheader(name, value)
        line.endheaders(sent)
        answer = line.getresponse()
        found = Answer(
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            answer.read(),
        )
        line.close()
        return found

    def post(self, path: str, body: object = None) -> Answer:
        return self.ask(path, "POST", body or {}, {"X-Headrace-Token": self.token})

    def events(self, run: str) -> list[tuple[str, dict]]:
        """Every event of a run until its end."""
        told = self.ask(f"/runs/{run}/events").body.decode()
        found = []
        for piece in told.split("\n\n"):
            fields = dict(
                line.split(": ", 1)
                for line in piece.split("\n")
                if line and not line.startswith(":")
            )
            if fields:
                found.append((fields["event"], json.loads(fields["data"])))
        return found


@contextmanager
def started(folder: Path) -> Iterator[Running]:
    command = [
        sys.executable,
        "-m",
        "headrace.show.cli",
        "app",
        str(folder),
        "--port",
        "0",
        "--json",
    ]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            told = json.loads(process.stdout.readline())
            yield Running(process, told["url"], told["token"], told["port"])
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
