#!/usr/bin/env python3
"""Writes one JSON schema for each kind of an OpenAPI document of Kubernetes, under the names that kubeconform asks for.

    schemas.py SWAGGER DIRECTORY

Each stands alone, and refuses fields that it does not know.
"""

import json
import pathlib
import sys

PREFIX = "#/definitions/"
# Fields of these may be written as numbers too.
LOOSE = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": ["string", "number"]},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["string", "integer"]},
}
KEPT = ("type", "enum", "required", "minimum", "maximum", "pattern", "$ref")


def strict(schema):
    """What of a schema bears on whether an object fits, and nothing that is not named."""
    kept = {key: schema[key] for key in KEPT if key in schema}
    if "items" in schema:
        kept["items"] = strict(schema["items"])
    if "properties" in schema:
        kept["properties"] = {name: strict(below) for name, below in schema["properties"].items()}
    further = schema.get("additionalProperties")
    if isinstance(further, dict):
        kept["additionalProperties"] = strict(further)
    elif "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        kept["additionalProperties"] = False
    return kept


def references(schema):
    """The definitions that a schema names."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value.removeprefix(PREFIX)
            else:
                yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def main():
    swagger, directory = sys.argv[1:]
    described = json.loads(pathlib.Path(swagger).read_text())["definitions"]
    definitions = {name: LOOSE.get(name) or strict(schema) for name, schema in described.items()}
    for name, schema in described.items():
        kinds = schema.get("x-kubernetes-group-version-kind", [])
        # Options of requests are of every group, and no objects.
        if len(kinds) != 1 or "metadata" not in schema.get("properties", {}):
            continue
        group, version, kind = (kinds[0][part] for part in ("group", "version", "kind"))
        needed, waiting = {}, [name]
        while waiting:
            found = waiting.pop()
            if found not in needed:
                needed[found] = definitions[found]
                waiting.extend(references(definitions[found]))
        document = dict(definitions[name], definitions=needed)
        document["required"] = sorted({*document.get("required", []), "apiVersion", "kind", "metadata"})
        document["properties"] = dict(
            document["properties"],
            apiVersion={"enum": [f"{group}/{version}" if group else version]},
            kind={"enum": [kind]},
        )
        suffix = "-".join(part for part in (group.split(".")[0], version) if part)
        file = pathlib.Path(directory, f"{kind.lower()}-{suffix}.json")
        file.write_text(json.dumps(document, separators=(",", ":")))


main()
