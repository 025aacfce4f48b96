"""`headrace model` and `headrace calibrate`: lines for a study from a model's config.json, and from
own measurements.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path

from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_text
from headrace.show.cli.output import console, emit, plain_table


def model(config: Path, /, *, name: str = "", json: bool = False) -> int:
    """Read a model's config.json and print its shape, as a study writes it under `shapes`.

    Parameters
    ----------
    config
        The config.json that the vendor publishes with the weights.
    name
        What the study calls the shape; empty: the folder's name.
    json
        Print one JSON object and nothing else on stdout.
    """
    from headrace.models.model_config import MOST_BYTES, read_config

    called = name or config.resolve().parent.name or "own"
    text = read_text(config, MOST_BYTES, "a config.json")
    found = read_config(text, config.name, called)
    sizes = {
        f.name: getattr(found.model, f.name)
        for f in fields(found.model)
        if f.name not in ("key", "title") and getattr(found.model, f.name)
    }
    if json:
        emit({"name": called, "shape": sizes, "doubts": list(found.doubts)})
        return 0
    print("shapes:", flush=True)
    cells = ", ".join(f"{key}: {figure(value)}" for key, value in sizes.items())
    print(f'  "{called}": {{{cells}, source: {config.name}}}', flush=True)
    shape, screen = found.model, console(stderr=True)
    words = (
        f"{shape.parameters / 1e9:,.4g} thousand million weights, {shape.active / 1e9:,.4g} used"
    )
    screen.print(
        Text(f"{called}: {words} by a token; {shape.kv_elements:,} cache elements a token.")
    )
    for doubt in found.doubts:
        screen.print(Text(f"Note: {doubt}."))
    return 0


def figure(value: float) -> str:
    """A size as YAML reads it: whole, or with a power of ten."""
    return f"{value:.5g}" if isinstance(value, float) else f"{value}"


def calibrate(
    points: Path,
    /,
    *,
    model: str = "",
    accelerator: str = "",
    framework: str = "",
    json: bool = False,
) -> int:
    """Read own measurements and print what they say of the law, as a study writes it under
    `models.NAME.measured`.

    Parameters
    ----------
    points
        A CSV with a row a load: model, system, precision, accelerators, isl, osl, concurrency,
        ttft, tpot. Five points of a deployment, spread over its loads, are enough. Or rows of
        InferenceX as JSON.
    model
        Only rows of this model.
    accelerator
        Only rows of this accelerator.
    framework
        Only rows of this serving software (InferenceX).
    json
        Print one JSON object and nothing else on stdout.
    """
    from headrace.models.step_time.inferencex import parse_inferencex
    from headrace.models.step_time.own_calibration import calibrations
    from headrace.models.step_time.user_measurements import parse_measurements

    text = read_text(points, expected="measured points as CSV, or rows of InferenceX as JSON")
    left_out: tuple[tuple[str, int], ...] = ()
    if text.lstrip()[:1] in ("[", "{"):
        taken = parse_inferencex(text, points.name, framework)
        rows, left_out = taken.rows, taken.left_out
    elif framework:
        words = "a CSV tells no serving software"
        raise InputError(InputFault(Place(points.name, key="--framework"), words, "InferenceX"))
    else:
        rows = parse_measurements(text, points.name)
    kept = [r for r in rows if model in ("", r.model) and accelerator in ("", r.system)]
    if not kept:
        known = sorted({f"{row.model} on {row.system}" for row in rows})
        words = f"no row of {model or 'any model'} on {accelerator or 'any accelerator'}"
        raise InputError(InputFault(Place(points.name), words, ", ".join(known)))
    found = calibrations(kept)
    if json:
        hidden = ("loads", "missed")
        told = [
            {key: value for key, value in asdict(each).items() if key not in hidden}
            for each in found
        ]
        emit({"calibrations": told, "left_out": dict(left_out)})
        return 0
    table = plain_table()
    columns = ("deployment", "points", "measured / law", "first token", "error", "law alone")
    for column in columns:
        table.add_column(column, justify="left" if column == "deployment" else "right")
    for each in found:
        table.add_row(
            *(f"{each.model} on {each.system}, {each.precision}", f"{each.points}"),
            *(f"{each.tpot:.3f}", f"{each.ttft:.3f}", f"{each.error:.1%}", f"{each.before:.1%}"),
        )
    screen = console()
    screen.print(table)
    for reason, count in left_out:
        screen.print(Text(f"Left out: {count:,} rows, {reason}."))
    screen.print(Text("Error: each point predicted from the others. For a study:"))
    for each in found:
        cells = f"tpot: {each.tpot:.4g}, ttft: {each.ttft:.4g}, error: {100 * each.error:.2g} %"
        print(f"models: {{NAME: {{shape: {each.model}, precision: {each.precision},")
        print(f"  measured: {{{each.system}: {{{cells}}}}}}}}}")
    return 0
