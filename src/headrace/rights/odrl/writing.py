"""Licences as ODRL 2.2 (W3C Recommendation, 15 February 2018) in JSON-LD, one policy per licence.

| licence | ODRL | | --- | --- | | id, holder, licensee, work | Agreement: uid, assigner, assignee,
target | | allow, media, territory, characters | permission to `derive`; constraints purpose, media,
spatial, `character` | | term, cap | constraints dateTime (two), count (a month) on the same
permission | | forbid | prohibition of `derive` with a purpose constraint | | per_use, share | duty
`compensate`: payAmount with its currency as unit, or percentage | | approval | duty `obtainConsent`
| | min_exposure | obligation on the assignee: `offer`, exposureShare gteq (exposure is not use) | |
training, likeness, voice | permission or prohibition of `train`, `depictLikeness`, `imitateVoice`:
never silent | | exclusive | `exclusive: true` | | prohibition wins | conflict: prohibit |

Terms that ODRL does not have stand in the profile `urn:headrace:rights:1` (prefix `hr:`).
"""

from __future__ import annotations

import json
from decimal import Decimal

from headrace.rights.money import written
from headrace.rights.odrl.graph import CONTEXTS, PROFILE
from headrace.rights.register import Register
from headrace.rights.terms import Licence

_FLAGS = {"training": "hr:train", "likeness": "hr:depictLikeness", "voice": "hr:imitateVoice"}


def to_odrl(found: Register) -> str:
    """The register as a JSON-LD list of ODRL Agreements."""
    return json.dumps([policy(x) for x in found.licences], indent=1, ensure_ascii=False) + "\n"


def policy(x: Licence) -> dict[str, object]:
    """One licence as an ODRL Agreement."""
    limits = [_among("purpose", x.allow), _among("media", x.media), _among("spatial", x.territory)]
    if x.characters:
        limits.append(_among("hr:character", x.characters))
    limits.append(_bound("dateTime", "gteq", x.first.isoformat()))
    limits.append(_bound("dateTime", "lteq", x.last.isoformat()))
    if x.cap is not None:
        limits.append(_bound("count", "lteq", str(x.cap), "P1M"))
    grant: dict[str, object] = {"action": "derive", "constraint": limits}
    duties = _duties(x)
    if duties:
        grant["duty"] = duties
    permissions, prohibitions = [grant], []
    if x.forbid:
        prohibitions.append({"action": "derive", "constraint": [_among("purpose", x.forbid)]})
    for name, action in _FLAGS.items():
        (permissions if getattr(x, name) else prohibitions).append({"action": action})
    told: dict[str, object] = {
        "@context": [CONTEXTS[0], {"hr": f"{PROFILE}:"}],
        "@type": "Agreement",
        "uid": x.id,
        "profile": PROFILE,
        "conflict": "prohibit",
        "assigner": x.holder,
        "assignee": x.licensee,
        "target": x.work,
        "permission": permissions,
        "prohibition": prohibitions,
    }
    if x.min_exposure is not None:
        told["obligation"] = [
            {
                "action": "hr:offer",
                "constraint": [_bound("hr:exposureShare", "gteq", _percent(x.min_exposure), "P1M")],
            }
        ]
    if x.exclusive:
        told["hr:exclusive"] = True
    return told


def _duties(x: Licence) -> list[dict[str, object]]:
    duties: list[dict[str, object]] = []
    if x.per_use is not None:
        price = {
            "leftOperand": "payAmount",
            "operator": "eq",
            "rightOperand": written(x.per_use),
            "unit": x.currency,
        }
        duties.append({"action": "compensate", "constraint": [price]})
    if x.share is not None:
        duties.append(
            {"action": "compensate", "constraint": [_bound("percentage", "eq", _percent(x.share))]}
        )
    if x.approval:
        duties.append({"action": "obtainConsent"})
    return duties


def _among(operand: str, names: tuple[str, ...]) -> dict[str, object]:
    return {"leftOperand": operand, "operator": "isAnyOf", "rightOperand": list(names)}


def _bound(operand: str, operator: str, value: str, every: str = "") -> dict[str, object]:
    told: dict[str, object] = {"leftOperand": operand, "operator": operator, "rightOperand": value}
    return told | ({"hr:every": every} if every else {})


def _percent(millionths: int) -> str:
    return f"{Decimal(millionths).scaleb(-4):f}"
