"""Graphs into policies, strictly: whatever stands on a policy, rule or constraint is understood, or
the policy is refused with the clause named.

Rules are made whole as the Information Model asks (section 2.7): what a policy says of target,
assigner, assignee and action holds for each of its rules; several of them are several rules; a
policy has the rules of those it inherits from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from headrace.core.errors import InputFault, Place
from headrace.rights.odrl.graph import PROFILE
from headrace.rights.odrl.model import (
    LOGICAL,
    NAMESPACE,
    Action,
    Combined,
    Condition,
    Constraint,
    Policy,
    Rule,
    Thing,
    Value,
)

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

KINDS = ("Set", "Offer", "Agreement", "Policy", "Assertion", "Privacy", "Request", "Ticket")
_RULES: tuple[Literal["permission", "prohibition", "obligation"], ...] = (
    *("permission", "prohibition", "obligation"),
)
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_VALUE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value"
_SHARED = ("target", "assigner", "assignee", "action")
_PARTIES = ("compensatedParty", "compensatingParty", "attributedParty", "attributingParty")
# Vocabularies that describe and do not rule: titles, dates of issue, contact cards.
_ABOUT = (
    "http://purl.org/dc/",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2004/02/skos/core#",
    "http://www.w3.org/2006/vcard/ns#",
    "http://xmlns.com/foaf/0.1/",
    "http://schema.org/",
)


class PolicyReader:
    """Reads the policies of a graph, and keeps every problem instead of stopping at the first."""

    def __init__(self, found: Graph, file: str) -> None:
        self.graph = found
        self.file = file
        self.problems: list[InputFault] = []
        self._where = Place(file)

    def bad(self, found: str, expected: str = "", fix: str = "") -> None:
        """Keep a problem of the policy that is being read."""
        self.problems.append(InputFault(self._where, found, expected, fix))

    def policies(self) -> tuple[Policy, ...]:
        """Every policy in the graph, by name."""
        nodes = {
            s
            for s, p, o in self.graph
            if (str(p) == _TYPE and self.word(o) in KINDS)
            or (
                self.word(p) in _RULES
                # nor does it hang on another node, as rules do
                and not any(
                    self.word(q) in _RULES for _, q, _ in self.graph.triples((None, None, s))
                )
            )
        }
        named = sorted(((self.name(node), node) for node in nodes), key=lambda x: (x[0], str(x[1])))
        found = {uid: node for uid, node in named}
        if not named:
            self.bad("there is no policy in it")
        return tuple(self._policy(uid, node, found, ()) for uid, node in named)

    def word(self, node: Node) -> str:
        """A name of ODRL without its namespace; any other whole."""
        return str(node).removeprefix(NAMESPACE)

    def name(self, node: Node) -> str:
        """What a node is called: a text, an address, or the uid on it."""
        from rdflib import BNode, URIRef

        uid = self.graph.value(node, URIRef(NAMESPACE + "uid"))  # type: ignore[arg-type]
        if uid is not None:
            return str(uid)
        return "" if isinstance(node, BNode) else str(node).removeprefix("urn:headrace:here:")

    def cells(self, node: Node, known: Iterable[str], what: str) -> dict[str, list[Node]]:
        """What stands on a node, by property; properties that are not known are problems, unless
        they only describe.
        """
        found: dict[str, list[Node]] = {}
        for _, p, o in self.graph.triples((node, None, None)):
            word = self.word(p)
            if str(p) in (_TYPE, NAMESPACE + "uid") or str(p).startswith(_ABOUT):
                continue
            if word not in known:
                self.bad(f"`{word}` of {what} is not understood")
            found.setdefault(word, []).append(o)
        return {word: sorted(nodes, key=str) for word, nodes in found.items()}

    def types(self, node: Node) -> list[str]:
        """The kinds a node says it is, without those that describe."""
        from rdflib import RDF

        kinds = self.graph.objects(node, RDF.type)  # type: ignore[arg-type]
        return sorted(self.word(o) for o in kinds if not str(o).startswith(_ABOUT))

    def _policy(
        self, uid: str, node: Node, found: dict[str, Node], below: tuple[str, ...]
    ) -> Policy:
        self._where = Place(self.file, key=uid or "a policy without uid")
        known = (*_RULES, *_SHARED, "profile", "conflict", "inheritFrom", f"{PROFILE}:exclusive")
        cells = self.cells(node, known, "the policy")
        kinds = self.types(node) or ["Set"]
        kind = next((k for k in kinds if k in KINDS and k != "Policy"), kinds[0])
        if kind not in KINDS or len([k for k in kinds if k != "Policy"]) > 1:
            self.bad(f"the policy is a {', '.join(kinds)}", f"one of {', '.join(KINDS)}")
        shared = {key: cells.get(key, []) for key in _SHARED}
        rules = [
            rule
            for which in _RULES
            for part in cells.get(which, [])
            for rule in self._rule(part, which, shared)
        ]
        for parent in map(self.name, cells.get("inheritFrom", [])):
            if parent in below or parent == uid:
                self.bad(f"the policy inherits from itself by way of {parent}")
            elif parent not in found:
                self.bad(f"it inherits from {parent}, which is not in this document")
            else:
                inherited = self._policy(parent, found[parent], found, (*below, uid))
                self._where = Place(self.file, key=uid)
                rules += [self._filled(rule, shared) for rule in inherited.rules]
        conflicts = [self.word(n) for n in cells.get("conflict", [])] or ["invalid"]
        if len(conflicts) > 1 or conflicts[0] not in ("perm", "prohibit", "invalid"):
            self.bad(f"conflict is {', '.join(conflicts)}", "perm, prohibit or invalid")
        exclusive = [str(n).lower() for n in cells.get(f"{PROFILE}:exclusive", [])]
        return Policy(
            uid,
            kind,
            tuple(rules),
            tuple(self.name(n) for n in cells.get("profile", [])),
            conflicts[0],
            exclusive == ["true"],
        )

    def _filled(self, rule: Rule, shared: dict[str, list[Node]]) -> Rule:
        """An inherited rule with the heir's parties where it names none."""
        return replace(
            rule,
            assigners=rule.assigners or self._things(shared["assigner"]),
            assignees=rule.assignees or self._things(shared["assignee"]),
        )

    def _rule(
        self,
        node: Node,
        kind: Literal["permission", "prohibition", "obligation", "duty", "consequence", "remedy"],
        shared: dict[str, list[Node]],
    ) -> Iterator[Rule]:
        """The rule of a node, one per action and target it names."""
        known = (*_SHARED, "constraint", "duty", "consequence", "remedy", *_PARTIES)
        cells = self.cells(node, known, f"a {kind}")
        own = {key: cells.get(key) or shared.get(key, []) for key in _SHARED}
        if not own["action"]:
            self.bad(f"a {kind} has no action")
        duties = [r for part in cells.get("duty", []) for r in self._rule(part, "duty", {})]
        further = [
            r
            for name in ("consequence", "remedy")
            for part in cells.get(name, [])
            for r in self._rule(part, name, {})
        ]
        for party in _PARTIES:
            if cells.get(party):
                self.bad(f"`{party}` of a {kind} is not understood")
        whole = Rule(
            kind,
            (),
            (),
            self._things(own["assigner"]),
            self._things(own["assignee"]),
            self.conditions(cells.get("constraint", [])),
            tuple(duties),
            tuple(further),
            self.name(node),
        )
        targets = self._things(own["target"])
        for action in own["action"]:
            for target in targets or (None,):
                named = () if target is None else (target,)
                yield replace(whole, actions=(self._action(action),), targets=named)

    def _action(self, node: Node) -> Action:
        from rdflib import BNode

        cells = self.cells(node, ("refinement", _VALUE, "includedIn", "implies"), "an action")
        if not isinstance(node, BNode):
            return Action(self.word(node), self.conditions(cells.get("refinement", [])))
        values = [self.word(n) for n in cells.get(_VALUE, [])]
        if len(values) != 1:
            self.bad("an action has no name (rdf:value)")
        return Action(values[0] if values else "", self.conditions(cells.get("refinement", [])))

    def _things(self, nodes: Iterable[Node]) -> tuple[Thing, ...]:
        return tuple(self._thing(node) for node in nodes)

    def _thing(self, node: Node) -> Thing:
        known = ("source", "refinement", "partOf", "hasPolicy")
        cells = self.cells(node, known, "an asset or a party")
        kinds = self.types(node)
        source = [self.name(n) for n in cells.get("source", [])]
        return Thing(
            self.name(node),
            any(k in ("AssetCollection", "PartyCollection") for k in kinds),
            source[0] if source else "",
            self.conditions(cells.get("refinement", [])),
        )

    def conditions(self, nodes: Iterable[Node]) -> tuple[Condition, ...]:
        """Constraints or refinements; all of them hold together."""
        return tuple(self._condition(node) for node in nodes)

    def _condition(self, node: Node) -> Condition:
        from rdflib import RDF
        from rdflib.collection import Collection

        every = f"{PROFILE}:every"
        known = ("leftOperand", "operator", "rightOperand", "rightOperandReference", "unit")
        cells = self.cells(node, (*known, "dataType", "status", every, *LOGICAL), "a constraint")
        for word in ("rightOperandReference", "status", "dataType"):
            if cells.get(word):
                self.bad(f"`{word}` of a constraint is not understood")
        joined = [word for word in LOGICAL if cells.get(word)]
        if joined:
            if len(joined) > 1 or cells.get("leftOperand"):
                self.bad("a constraint is both a comparison and a combination")
            parts = []
            for part in cells[joined[0]]:
                listed = list(Collection(self.graph, part))  # type: ignore[arg-type]
                a_list = self.graph.value(part, RDF.rest) is not None  # type: ignore[arg-type]
                parts += listed if a_list else [part]
            return Combined(joined[0], tuple(self._condition(p) for p in parts))
        for word in ("leftOperand", "operator"):
            if len(cells.get(word, [])) != 1:
                self.bad(f"a constraint has {len(cells.get(word, []))} `{word}`", "one")
        if not cells.get("rightOperand"):
            self.bad("a constraint has no rightOperand")
        return Constraint(
            "".join(self.word(n) for n in cells.get("leftOperand", [])[:1]),
            "".join(self.word(n) for n in cells.get("operator", [])[:1]),
            tuple(v for n in cells.get("rightOperand", []) for v in self._values(n)),
            "".join(self.name(n) for n in cells.get("unit", [])[:1]),
            "".join(str(n) for n in cells.get(every, [])[:1]),
            self.name(node),
        )

    def _values(self, node: Node) -> Iterator[Value]:
        from rdflib import RDF, BNode, Literal
        from rdflib.collection import Collection

        if node == RDF.nil:
            return
        if isinstance(node, BNode):
            for each in Collection(self.graph, node):
                yield from self._values(each)
        elif isinstance(node, Literal):
            yield Value(str(node), str(node.datatype or ""))
        else:
            yield Value(self.word(node), "@id")
