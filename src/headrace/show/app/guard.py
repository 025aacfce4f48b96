"""What every request must pass before it is answered, and what every answer carries.

Another web page in the same browser can send requests to 127.0.0.1, and can have its own name point
there (DNS rebinding). So the Host header must be ours, whatever changes something needs the token
that only the terminal showed, there is no CORS, and the policy lets a page run the app's own script
files and nothing else.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-headrace-token"
MOST_BYTES = 1_200_000  # of a request: a study is at most 1 MB
_READS = {"GET", "HEAD"}

# Inline styles are needed by bars whose length is a figure; inline script is not, and is refused.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True)
class Guard:
    """Stands before the app. hosts: the Host headers that are ours, such as "127.0.0.1:8765"."""

    app: ASGIApp
    hosts: frozenset[str]
    token: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse with the reason in words."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ALWAYS)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refused = self.refusal(str(scope["method"]), Headers(scope=scope))
        if refused is None:
            await self.app(scope, _bounded(receive), dressed)
            return
        code, reason = refused
        await JSONResponse({"error": "Refused", "message": reason}, code)(scope, receive, dressed)

    def refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        """The HTTP status and the reason why a request is not answered; None where it is."""
        if not _all_known(headers.getlist("host"), self.hosts):
            return 421, "This address is not ours; open the one printed at the start."
        if method in _READS:
            return None
        if not _all_known(
            headers.getlist("origin") or ["null-origin"],
            {"null-origin", *(f"http://{host}" for host in self.hosts)},
        ):
            return 403, "A page of another origin may not change anything here."
        if not hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), self.token.encode()):
            return 403, "This needs the token: open the address that was printed at the start."
        sizes = headers.getlist("content-length")
        if len(sizes) > 1 or (sizes and headers.getlist("transfer-encoding")):
            return 400, "A request says its length once."
        size = sizes[0] if sizes else ""
        if not (size.isascii() and size.isdigit() and len(size) < 20):
            return 411, "Say how long the request is."
        return (
            (413, f"A request has at most {MOST_BYTES:,} bytes.")
            if int(size) > MOST_BYTES
            else None
        )


def _bounded(receive: Receive) -> Receive:
    """A request's body, cut off where it is longer than it may be, whatever it said."""
    size = 0

    async def taken() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return message if size <= MOST_BYTES else {"type": "http.disconnect"}

    return taken


def _all_known(found: list[str], known: Iterable[str]) -> bool:
    return len(found) == 1 and found[0].lower() in known
