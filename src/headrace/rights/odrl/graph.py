"""ODRL texts as graphs: JSON-LD with ODRL's own context, which is never fetched, or Turtle.

Reading needs rdflib (extra `rights`). A text that names any other context by address is refused:
what its words mean would depend on the network. Names stay as they are written; nothing is
resolved against an address of ours.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.odrl.model import NAMESPACE

if TYPE_CHECKING:
    from rdflib import Graph

MOST_CHARACTERS = 20_000_000
CONTEXTS = (
    "http://www.w3.org/ns/odrl.jsonld",
    "https://www.w3.org/ns/odrl.jsonld",
    "http://www.w3.org/ns/odrl/2/odrl.jsonld",
)
_PREFIXES = {
    "odrl": NAMESPACE,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dc": "http://purl.org/dc/terms/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "schema": "http://schema.org/",
    "cc": "https://creativecommons.org/ns#",
}
PROFILE = "urn:headrace:rights:1"
"""What our own writer says beyond ODRL."""
_WORDS = ("action", "leftOperand", "operator", "conflict")
#: Our reading of ODRL's context: its words are names of its namespace; names of assets, parties and
#: policies are kept as texts, since many are no addresses.
CONTEXT = {
    "@vocab": NAMESPACE,
    **_PREFIXES,
    "type": "@type",
    "id": "@id",
    **{word: {"@id": NAMESPACE + word, "@type": "@vocab"} for word in _WORDS},
    # As a list, so that an empty one does not vanish, and with it a limit.
    "rightOperand": {"@id": f"{NAMESPACE}rightOperand", "@container": "@list"},
    "andSequence": {"@id": f"{NAMESPACE}andSequence", "@container": "@list"},
}


def graph(text: str, file: str) -> Graph:
    """The graph of a text: JSON-LD where it begins like JSON, else Turtle.

    Raises InputError where it is neither, is too long, or needs a context that is not ODRL's; and
    where rdflib is absent.
    """
    try:
        from rdflib import Graph
    except ImportError:
        raise InputError(
            InputFault(
                Place(file), "reading ODRL needs rdflib", fix="pip install 'headrace[rights]'"
            )
        ) from None
    if len(text) > MOST_CHARACTERS:
        raise InputError(InputFault(Place(file), f"the text has {len(text):,} characters"))
    found, is_json = Graph(), text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")
    try:
        if is_json:
            data = json.loads(text)
            problems = list(_faults(data, Place(file)))
            if problems:
                raise InputError(problems)
            with warnings.catch_warnings():  # rdflib's own reader uses what rdflib deprecates
                warnings.simplefilter("ignore", DeprecationWarning)
                found.parse(data=json.dumps(_local(data)), format="json-ld")
        else:
            found.parse(data=text, format="turtle", publicID="urn:headrace:here:")
    except InputError:
        raise
    except RecursionError:
        raise InputError(InputFault(Place(file), "this is nested too deeply")) from None
    except Exception as error:  # rdflib raises many kinds, of its own and of others
        kind = "JSON" if is_json else "Turtle"
        words = " ".join(str(error).split())[:200]
        raise InputError(InputFault(Place(file), f"this is not {kind}: {words}")) from None
    return found


def _faults(data: object, place: Place) -> Iterator[InputFault]:
    """What keeps a JSON text from being read as it is meant: contexts by address, doubled uids."""
    if not isinstance(data, Mapping | list):
        yield InputFault(place, "this is no policy")
    top = data if isinstance(data, list) else [data]
    for each in top:
        if not isinstance(each, Mapping):
            yield InputFault(place, "this is no policy")
    seen: set[str] = set()
    for each in top:
        uid = each.get("uid", each.get("@id")) if isinstance(each, Mapping) else None
        if isinstance(uid, str) and uid in seen:
            yield InputFault(place, f"two policies have this id: {uid}")
        seen.add(str(uid))
    for context in _contexts(data):
        if isinstance(context, str) and context not in CONTEXTS:
            found = f"the context {context} would have to be fetched"
            yield InputFault(place, found, CONTEXTS[0])


def _contexts(data: object) -> Iterator[object]:
    """Every context in a JSON value, one by one."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key in ("@context", "@import"):
                yield from value if isinstance(value, list) else [value]
            else:
                yield from _contexts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _contexts(value)


def _local(data: object) -> object:
    """The same JSON with ODRL's context written out; where none is named, it is what our own writer
    names.
    """
    if isinstance(data, list):
        return [_local(each) for each in data]
    if not isinstance(data, Mapping):
        return data
    written = data.get("@context", {"hr": f"{PROFILE}:"})
    listed = written if isinstance(written, list) else [written]
    told = [CONTEXT, *(each for each in listed if not isinstance(each, str))]
    return {"@context": told, **{k: v for k, v in data.items() if k != "@context"}}
