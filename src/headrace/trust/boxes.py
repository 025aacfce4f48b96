"""Black boxes to replay: an OpenAI-compatible endpoint, or a command that reads a line of JSON and
prints an answer.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from headrace.core.errors import InputError, InputFault, Place

LARGEST_ANSWER = 1_000_000
BUSY = (429, 502, 503, 504)
RETRY_AFTER = (0.5, 2.0)  # [s]


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible chat endpoint.

    url: base address ("http://127.0.0.1:8000/v1"); model: its name there.
    on, off: fields merged into the request with ads on and off.
    key_variable: environment variable that holds the key, if one is needed. timeout [s].
    """

    url: str
    model: str
    on: Mapping[str, object] = field(default_factory=lambda: {"ads": True})
    off: Mapping[str, object] = field(default_factory=lambda: {"ads": False})
    key_variable: str = ""
    timeout: float = 60.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                InputFault(Place(key="endpoint"), f"{self.url!r}", "an http or https address")
            )
        if dict(self.on) == dict(self.off):
            raise InputError(
                InputFault(
                    Place(key="endpoint"),
                    "the same request fields with ads on and off",
                    "fields that differ",
                )
            )

    def ask(self, query: str, ads: bool, seed: int) -> str:
        """POST chat/completions at temperature 0. Raises InputError for anything but an answer."""
        return self.ask_as("", query, ads, seed)

    def ask_as(self, persona: str, query: str, ads: bool, seed: int) -> str:
        """The same, with `persona` as the system message. Raises InputError likewise."""
        system = [{"role": "system", "content": persona}] if persona else []
        body: dict[str, object] = {
            "model": self.model,
            "messages": [*system, {"role": "user", "content": query}],
            "temperature": 0,
            "seed": seed,
        }
        body |= self.on if ads else self.off
        headers = {"Content-Type": "application/json"}
        if self.key_variable:
            headers["Authorization"] = f"Bearer {os.environ.get(self.key_variable, '')}"
        request = urllib.request.Request(
            f"{self.url.rstrip('/')}/chat/completions", json.dumps(body).encode(), headers
        )
        raw = self._answer_to(request)
        expected = "an OpenAI-compatible reply of at most 1 MB: choices[0].message.content"
        content = None
        if len(raw) <= LARGEST_ANSWER:
            with suppress(ValueError, KeyError, IndexError, TypeError, RecursionError):
                content = json.loads(raw)["choices"][0]["message"]["content"]
        if not isinstance(content, str):
            found = f"a reply from {self.url} that has no answer"
            raise InputError(InputFault(Place(key="endpoint"), found, expected))
        return content

    def _answer_to(self, request: urllib.request.Request) -> bytes:
        """The reply to a request; one that is busy or cannot be reached is asked again, twice."""
        for wait in (*RETRY_AFTER, None):
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as reply:
                    return bytes(reply.read(LARGEST_ANSWER + 1))
            except (urllib.error.URLError, OSError) as error:
                code = error.code if isinstance(error, urllib.error.HTTPError) else None
                if wait is None or code not in (None, *BUSY):
                    found = f"no answer from {self.url}: {error}"
                    raise InputError(InputFault(Place(key="endpoint"), found)) from None
                time.sleep(wait)
        raise AssertionError("the last try returns or raises")


@dataclass(frozen=True)
class Command:
    """A program started once per question: one JSON line {"query", "ads", "seed"} on its input, the
    answer on its output.
    """

    command: str
    timeout: float = 60.0

    def ask(self, query: str, ads: bool, seed: int) -> str:
        """Run the command (no shell).

        Raises InputError where it fails, hangs or prints more than 1 MB.
        """
        return self.ask_as("", query, ads, seed)

    def ask_as(self, persona: str, query: str, ads: bool, seed: int) -> str:
        """The same, with {"persona"} in the line. Raises InputError likewise."""
        asked: dict[str, object] = {"query": query, "ads": ads, "seed": seed}
        line = json.dumps(asked | ({"persona": persona} if persona else {})) + "\n"
        try:
            done = subprocess.run(
                shlex.split(self.command),
                input=line.encode(),
                capture_output=True,
                timeout=self.timeout,
                check=True,
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise InputError(
                InputFault(Place(key="command"), f"{self.command!r} gave no answer: {error}")
            ) from None
        if len(done.stdout) > LARGEST_ANSWER:
            raise InputError(
                InputFault(
                    Place(key="command"),
                    f"{self.command!r} printed more than 1 MB",
                    "a short answer",
                )
            )
        return done.stdout.decode(errors="replace").strip()
