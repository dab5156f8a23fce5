"""Reads the last stage of a Dockerfile: what goes into the image, from where, and how it is started.

Only the instructions that it is written with are understood; any other is refused, so that nothing of it is left out.
"""

import dataclasses
import json
import shlex


@dataclasses.dataclass
class Recipe:
    """The last stage."""

    copies: list[tuple[str | None, str, str, int]] = dataclasses.field(default_factory=list)
    """(stage or None for the repository, source, target, owner)"""
    config: dict = dataclasses.field(default_factory=dict)
    """The `config` of the OCI image configuration"""


class Unknown(ValueError):
    """A line that can't be understood."""


def read(text: str) -> Recipe:
    recipe = Recipe()
    for line in last_stage(text):
        instruction, _, rest = line.partition(" ")
        match instruction:
            case "LABEL":
                recipe.config.setdefault("Labels", {}).update(assignment(word) for word in shlex.split(rest))
            case "ENV":
                recipe.config.setdefault("Env", []).extend(shlex.split(rest))
            case "COPY":
                recipe.copies.append(copy(rest))
            case "USER":
                recipe.config["User"] = rest
            case "EXPOSE":
                recipe.config["ExposedPorts"] = {f"{rest}/tcp": {}}
            case "ENTRYPOINT":
                recipe.config["Entrypoint"] = json.loads(rest)
            case _:
                raise Unknown(f"{instruction} in the last stage is not understood: {line}")
    return recipe


def last_stage(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    lines = "\n".join(lines).replace("\\\n", " ").splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    if not begins or lines[begins[-1]].split() != ["FROM", "scratch"]:
        raise Unknown("the last stage does not begin with `FROM scratch`")
    return [" ".join(line.split()) for line in lines[begins[-1] + 1:]]


def copy(rest: str) -> tuple[str | None, str, str, int]:
    stage, owner, places = None, 0, []
    for word in rest.split():
        if word.startswith("--from="):
            stage = word.removeprefix("--from=")
        elif word.startswith("--chown="):
            owner = int(word.removeprefix("--chown=").partition(":")[0])
        elif word.startswith("--"):
            raise Unknown(f"COPY {word} is not understood")
        else:
            places.append(word)
    if len(places) != 2:
        raise Unknown(f"one source and one target are expected: COPY {rest}")
    return stage, places[0], places[1], owner


def assignment(word: str) -> tuple[str, str]:
    name, _, value = word.partition("=")
    return name, value
