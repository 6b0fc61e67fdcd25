"""The JSON Schema of scene files, in Draft 4, which is what editors for TOML read."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from gmmviz.encoders import ENCODERS
from gmmviz.scene.reference import entry, summary
from gmmviz.scene.tables import FAMILIES, Family, SceneTables, VariantTable, encoder_tables
from gmmviz.storyboard.vocabulary import WORDS

DRAFT = "http://json-schema.org/draft-04/schema#"
PLAIN = (str, int, float, bool, type(None))


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with all members of a family where a table chooses one of them."""

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        """Describe a table by its class's summary; the fields have descriptions of their own."""
        return super().dataclass_schema(schema) | {"description": summary(schema["cls"])}

    def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:
        family = next(family for family in FAMILIES.values() if family.base is schema["cls"])
        members = [_member(family, name) for name in family.registry]
        if family is FAMILIES["panels"]:
            return {"oneOf": members}
        # No key is required, since it may stand in another file, or in the table that a variant changes.
        return {
            "anyOf": [{key: value for key, value in member.items() if key != "required"} for member in members]
        }


def schema_text() -> str:
    """The schema as it is printed and committed."""
    return json.dumps(scene_schema(), indent=2, ensure_ascii=False) + "\n"


def scene_schema() -> dict[str, Any]:
    """The schema of a scene file."""
    schema: dict[str, Any] = _draft4(_table(SceneTables))
    tables = schema["properties"]
    for table in (schema, tables["model"]):  # for the same reason
        del table["required"]
    tables["variants"] = {
        "type": "object",
        "description": tables["variants"]["description"],
        "additionalProperties": _described(VariantTable, tables),
    }
    tables["sweep"] |= {"type": "object", "additionalProperties": {"type": ["array", "object"]}}
    tables["words"] = {
        "type": "object",
        "description": tables["words"]["description"],
        "properties": {
            key: {"type": "string", "description": phrase.where, "default": phrase.text}
            for key, phrase in WORDS.items()
        },
        "additionalProperties": False,
    }
    output = tables["output"]["properties"]
    del output["encoders"]
    output |= {table: _draft4(_table(ENCODERS[name])) for table, name in encoder_tables().items()}
    return {"$schema": DRAFT, "title": "A gmmviz scene"} | schema


def _described(cls: type, properties: dict[str, Any]) -> dict[str, Any]:
    made = entry("", cls)
    described = {option.name: properties[option.name] | {"description": option.help} for option in made.options}
    return {"type": "object", "description": made.help, "properties": described, "additionalProperties": False}


def _member(family: Family, name: str) -> dict[str, Any]:
    """The table that chooses one member of a family."""
    schema = _table(family.registry[name])
    tag = {"enum": [name], "description": entry(name, family.registry[name]).help}
    schema["properties"] = {family.tag: tag} | schema.get("properties", {})
    needed = ([family.tag] if name != family.default else []) + schema.pop("required", [])
    return schema | ({"required": needed} if needed else {})


def _table(cls: Any) -> dict[str, Any]:
    schema = TypeAdapter(cls).json_schema(schema_generator=_Generator)
    definitions = schema.pop("$defs", {})
    return {key: _inlined(value, definitions) for key, value in schema.items()}


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    """The schema with each reference replaced by what it refers to, which makes it easier to read."""
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = definitions[node["$ref"].rsplit("/", 1)[1]]
        return _inlined(target | {key: value for key, value in node.items() if key != "$ref"}, definitions)
    return {key: _inlined(value, definitions) for key, value in node.items()}


def _draft4(node: Any) -> Any:
    """The same in the words of Draft 4."""
    if isinstance(node, list):
        return [_draft4(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "properties" in node:  # whose keys are names, not words of the schema
        properties = {name: _draft4(value) for name, value in node["properties"].items()}
        rest = _draft4({key: value for key, value in node.items() if key != "properties"})
        return rest | {"properties": properties}
    made = {key: _draft4(value) for key, value in node.items() if key != "title"}
    if "const" in made:
        made["enum"] = [made.pop("const")]
    if "prefixItems" in made:
        made["items"] = made.pop("prefixItems")
    for strict, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if strict in made:
            made[bound], made[strict] = made[strict], True
    if "anyOf" in made:  # TOML has no null
        kinds = [kind for kind in made.pop("anyOf") if kind != {"type": "null"}]
        made |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    if "default" in made and not _is_plain(made["default"]):
        del made["default"]  # null, or a table, which has its own defaults
    return made


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    return isinstance(value, PLAIN) and value is not None
