"""The addresses of the app: pages and data that read, five that write."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from headrace.core.errors import HeadraceError, InputError, InputFault, Place
from headrace.core.run_folder import REPORT, STUDY, RunFolder
from headrace.core.study_reader import MOST_BYTES
from headrace.show import examples
from headrace.show.app import libraries, progress, run_pages, shelf, studytext, views
from headrace.show.app.notes import RunNote, write_note
from headrace.show.app.shelf import Shelf
from headrace.show.app.solving import Solving
from headrace.show.format.json_text import error_as_json, finite
from headrace.show.reports import plan_data

_SHARED = {
    "page.css": "text/css",
    **dict.fromkeys(("charts.js", "hours.js", "plan.js"), "text/javascript"),
}
_OWN = {
    "app.css": "text/css",
    **dict.fromkeys(
        ("token.js", "planned.js", "runs.js", "study.js", "ask.js", "sources.js"), "text/javascript"
    ),
}


class Missing(HeadraceError):
    """There is nothing at this address."""


class Unreadable(HeadraceError):
    """The body of a request is no JSON text."""


class Written(BaseModel):
    """A study as text."""

    model_config = ConfigDict(extra="forbid")
    study: str = Field(max_length=MOST_BYTES)


_WORDS = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {"error": {"type": "string"}, "message": {"type": "string"}},
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {
        "description": words,
        "content": {"application/json": {"schema": _WORDS}, "text/html": {}},
    }
    for code, words in (
        (400, "A request that says its length twice, or whose body cannot be read"),
        (403, "No token, or a page of another origin"),
        (404, "There is nothing at this address"),
        (409, "What was asked for cannot be done: a study with mistakes, no such example"),
        (411, "A request that does not say its length"),
        (413, "A request that is too long"),
        (421, "An address that is not ours"),
        (422, "A request of another shape, with every problem"),
    )
}
"""What every address may answer instead: JSON for a script, a page for a reader."""


def build(folder: Path, solving: Solving, closing: Callable[[], bool]) -> FastAPI:
    """The app on the runs folder. closing: true once it is about to end, so that no stream keeps it
    open.
    """
    app = FastAPI(
        title="Headrace",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses=REFUSALS,
    )
    store = Shelf(folder)

    async def nowhere(request: Request, error: Exception) -> Response:
        return _told(request, Missing("There is nothing at this address."), 404)

    async def unreadable(request: Request, error: Exception) -> Response:
        return _told(request, Unreadable("The body of the request cannot be read."), 400)

    _pages(app, store, solving)
    _data(app, store, solving, closing)
    _writes(app, store, solving)

    @app.get("/static/{name}", response_class=FileResponse)
    def static(name: str) -> Response:
        if name in _SHARED:
            return _file("headrace.show", f"static/{name}", _SHARED[name])
        if name in _OWN:
            return _file("headrace.show.app", f"static/{name}", _OWN[name])
        raise Missing("There is no such file.")

    app.add_exception_handler(HeadraceError, _refused)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(404, nowhere)
    app.add_exception_handler(400, unreadable)
    return app


def _pages(app: FastAPI, store: Shelf, solving: Solving) -> None:
    @app.get("/", response_class=HTMLResponse)
    def runs() -> str:
        found = store.headlines()
        return run_pages.runs(
            found,
            {headline.name: solving.state(headline.name) for headline in found},
            str(store.root),
        )

    @app.get("/compare", response_class=HTMLResponse)
    def compare(run: Annotated[list[str], Query(min_length=2, max_length=2)]) -> str:
        first, second = (_found(store, name) for name in run)
        ours, theirs = shelf.written(first), shelf.written(second)
        keys = [
            (".".join(map(str, key)), str(ours.get(key, "")), str(theirs.get(key, "")))
            for key in shelf.differing(ours, theirs)
        ]
        plans = shelf.plan_of(first), shelf.plan_of(second)
        return run_pages.compare((first.root.name, second.root.name), plans, keys)

    @app.get("/runs/{name}", response_class=HTMLResponse)
    def plan(name: str) -> str:
        folder = _found(store, name)
        found, report = shelf.plan_of(folder), (folder.root / REPORT).is_file()
        return views.plan(name, found, plan_data.still(folder, found), report=report)

    @app.get("/study", response_class=HTMLResponse)
    def study(run: str = "", example: str = "piedmont") -> str:
        text = (
            _found(store, run).read(STUDY)
            if run
            else examples.find(example).study.read_text(encoding="utf-8")
        )
        return views.study(text, run, examples.every(), solving.state(run))

    @app.get("/ask", response_class=HTMLResponse)
    def ask(world: str = "") -> str:
        standing = libraries.StandingLibraries(store.root)
        names = standing.names
        if not (world or names):
            return libraries.page((), None, {})
        first = world or names[0]
        with standing.open(first) as library:
            told = libraries.answered(library, ({}, {}))
            return libraries.page((first, *(n for n in names if n != first)), library, told)

    @app.get("/sources", response_class=HTMLResponse)
    def sources() -> str:
        return views.sources(views.catalogue())


def _data(app: FastAPI, store: Shelf, solving: Solving, closing: Callable[[], bool]) -> None:
    @app.get("/api/runs.json")
    def runs() -> Response:
        return _json(progress.listed(store, solving))

    @app.get("/runs/{name}/sheet.json")
    def of_plan(name: str) -> Response:
        return _json(plan_data.sheet(shelf.plan_of(_found(store, name))))

    @app.get("/runs/{name}/nodes/{node}.json")
    def of_node(name: str, node: int) -> Response:
        folder = _found(store, name)
        if node not in {known.id for known in shelf.plan_of(folder).tree}:
            raise Missing(f"The plan has no node {node}.")
        return Response(_detail(folder, node, shelf.stamp(folder)), media_type="application/json")

    @app.get("/runs/{name}/report.html", response_class=FileResponse)
    def report(name: str) -> Response:
        path = _found(store, name).path(REPORT)
        if not path.is_file():
            raise Missing("This run has no report yet.")
        # The report carries its own script, which this app's policy refuses: it is taken along, not
        # shown here.
        return FileResponse(path, media_type="text/html", filename=f"{name}.html")

    @app.get("/runs/{name}/events", response_class=StreamingResponse)
    def events(name: str, last_event_id: str = Header("0")) -> Response:
        skip = (
            int(last_event_id)
            if last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 10
            else 0
        )
        told = progress.stream(_found(store, name), solving, skip, closing)
        return StreamingResponse(told, media_type="text/event-stream")

    @app.get("/api/libraries/{name}/answer.json")
    def answer(name: str, request: Request) -> Response:
        points = libraries.points_of(request.query_params.multi_items())
        with libraries.StandingLibraries(store.root).open(name) as library:
            return _json(libraries.answered(library, points))

    @app.get("/api/catalogue.json")
    def catalogue() -> Response:
        return _json(views.catalogue_table())


def _writes(app: FastAPI, store: Shelf, solving: Solving) -> None:
    @app.post("/api/check")
    def check(written: Written) -> Response:
        try:
            return _json({"ok": True, "study": studytext.checked(written.study, store.root).study})
        except InputError as error:
            # problems are what was asked for, not a failure
            return _json({"ok": False, **error_as_json(error)})

    @app.post("/api/solve")
    def solve(written: Written) -> Response:
        study = studytext.checked(written.study, store.root)
        return _json({"run": solving.start(study.study, written.study)})

    @app.post("/api/runs/{name}/resume")
    def resume(name: str) -> Response:
        return _json({"run": solving.resume(_found(store, name).root.name)})

    @app.post("/api/runs/{name}/note")
    def note(name: str, told: RunNote) -> Response:
        write_note(_found(store, name), told)
        return _json({"run": name})

    @app.post("/api/runs/{name}/cancel")
    def cancel(name: str) -> Response:
        return _json({"run": name, "state": solving.cancel(_found(store, name).root.name)})


def _file(package: str, path: str, kind: str) -> Response:
    content = resources.files(package).joinpath(path).read_bytes()
    return Response(content, media_type=kind, headers={"cache-control": "no-cache"})


def _found(store: Shelf, name: str) -> RunFolder:
    try:
        return store.find(name)
    except InputError as error:
        raise Missing(error.message) from error


def _json(value: object) -> Response:
    return Response(
        json.dumps(finite(value), allow_nan=False, separators=(",", ":")),
        media_type="application/json",
    )


@lru_cache(maxsize=64)
def _detail(folder: RunFolder, node: int, changed: str) -> bytes:
    told = plan_data.detail(folder, shelf.plan_of(folder), node)
    return json.dumps(finite(told), allow_nan=False, separators=(",", ":")).encode()


async def _refused(request: Request, error: Exception) -> Response:
    """Our own errors."""
    assert isinstance(error, HeadraceError)
    return _told(request, error, 404 if isinstance(error, Missing) else 409)


async def _misread(request: Request, error: Exception) -> Response:
    """A request of another shape than asked for."""
    assert isinstance(error, RequestValidationError)
    problems = [
        InputFault(Place(key=".".join(map(str, fault["loc"]))), str(fault["msg"]))
        for fault in error.errors()
    ]
    return _told(request, InputError(problems), 422)


def _told(request: Request, error: HeadraceError, code: int) -> Response:
    """An error: a page for a reader, JSON for a script."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(views.missing(error.message), code)
    return JSONResponse(error_as_json(error), code)
