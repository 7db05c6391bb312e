"""An item while it is edited: what was typed, in which view, and what could not be read of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict

from console.aws.errors import AwsError
from console.pages import jsontext
from console.pages.items import plainjson, tree
from console.pages.items.attributes import Value
from console.pages.items.tree import Node
from console.pages.refusals import Refusal
from triggers.models import Table

FORM, JSON, DYNAMODB = "form", "json", "dynamodb"
VIEWS: Final = (FORM, JSON, DYNAMODB)

Item = dict[str, Value]


@dataclass(slots=True)
class Draft:
    """The item in one view; `key` is the key of the one that is changed, as JSON."""

    view: str = FORM
    key: str = ""
    nodes: list[Node] = field(default_factory=list)
    document: str = ""
    condition: str = ""
    names: str = ""
    values: str = ""
    refusal: Refusal | None = None
    complaint: str = ""
    too_large: bool = False  # for the form

    @property
    def rows(self) -> list[Node]:
        """The rows of the form."""
        return list(tree.flat(self.nodes))

    @property
    def failed(self) -> bool:
        """Say whether anything was refused."""
        bad_row = any(row.complaint for row in self.rows)
        return bool(self.refusal or self.complaint or bad_row)


def of(item: Item, keys: Sequence[str], view: str, key: str, *, blank: bool = False) -> Draft:
    """Open an item; a `blank` one has a row for a first attribute."""
    draft = Draft(view if view in VIEWS else FORM, key)
    show(draft, item, keys)
    if blank and draft.view == FORM:
        tree.add(draft.nodes, tree.ROOT)
    return draft


def posted(post: QueryDict, table: Table) -> Draft:
    """Take what was typed, with a row more or fewer when that button was pressed."""
    view = post.get("view", FORM)
    draft = Draft(view if view in VIEWS else FORM, post.get("key", ""))
    draft.document = post.get("document", "")
    draft.condition = post.get("condition", "").strip()
    draft.names, draft.values = post.get("names", "").strip(), post.get("values", "").strip()
    lists = [post.getlist(name) for name in ("path", "name", "kind", "value")]
    keys = [name for name in (table.hash_name, table.range_name) if name]
    draft.nodes = tree.of_post(zip(*lists, strict=False), keys)
    if path := post.get("add", ""):
        draft.nodes = tree.add(draft.nodes, path)
    if path := post.get("remove", ""):
        draft.nodes = tree.numbered(tree.remove(draft.nodes, path))
    return draft


def read(draft: Draft, like: Mapping[str, Value] | None) -> Item | None:
    """Read the item; None when it cannot be read, which the draft then says.

    `like` is the stored item, whose sets and binaries stay such in plain JSON.
    """
    if draft.view == FORM:
        return tree.to_item(draft.nodes)
    try:
        if draft.view == JSON:
            document = jsontext.read(draft.document, plainjson.decoder())
            return plainjson.item_of(document, like)
        return _typed(jsontext.read(draft.document))
    except ValueError as error:
        draft.complaint = str(error)
    except RecursionError:
        draft.complaint = "Lists and maps lie too deep in each other."
    return None


def turn(draft: Draft, view: str, keys: Sequence[str], like: Mapping[str, Value] | None) -> None:
    """Show the same item in another view; a draft that cannot be read stays as it is."""
    item = read(draft, like)
    if item is None:
        return
    if view == draft.view:
        return
    try:
        if not _is_item(item):
            draft.complaint = 'Each value needs its type: {"id": {"S": "A-17"}}'
            return
        draft.view = view
        show(draft, item, keys)
    except RecursionError:
        draft.view, draft.document = DYNAMODB, json.dumps(item, indent=2, ensure_ascii=False)


def show(draft: Draft, item: Item, keys: Sequence[str]) -> None:
    """Write an item into the draft's view; one that is too large for the form is shown as JSON."""
    item = {name: item[name] for name in keys if name in item} | item
    if draft.view == FORM and not tree.fits(item):
        draft.view, draft.too_large = DYNAMODB, True
    if draft.view == FORM:
        draft.nodes = tree.of_item(item, keys)
    elif draft.view == JSON:
        draft.document = plainjson.write(item, indent=2)
    else:
        draft.document = json.dumps(item, indent=2, ensure_ascii=False)


def condition(draft: Draft) -> dict[str, Any]:
    """Give the members of PutItem that say its condition; what is no JSON the draft then says.

    Raises AwsError ValidationException for that, so that nothing is written without it.
    """
    members: dict[str, Any] = {}
    if not draft.condition:
        return members
    members["ConditionExpression"] = draft.condition
    for member, text, inner, example in (
        ("ExpressionAttributeNames", draft.names, str, '{"#s": "status"}'),
        ("ExpressionAttributeValues", draft.values, dict, '{":n": {"N": "1"}}'),
    ):
        if not text:
            continue
        try:
            found = jsontext.read(text)
        except ValueError as error:
            raise AwsError("ValidationException", f"{member}: {error}") from None
        if not isinstance(found, dict) or not all(isinstance(one, inner) for one in found.values()):
            raise AwsError("ValidationException", f"{member}: write it like {example}")
        members[member] = found
    return members


def _typed(document: Any) -> Item:
    if not isinstance(document, dict):
        raise ValueError('An item is a JSON object: {"id": {"S": "A-17"}}')
    return document


def copy(draft: Draft) -> Draft:
    """Make a draft that can be read without leaving complaints in this one."""
    rows = [(row.path, row.name, row.kind, row.text) for row in draft.rows]
    return Draft(draft.view, draft.key, tree.of_post(rows, ()), draft.document)


def _is_item(document: Mapping[str, Any]) -> bool:
    """Say whether every value is a typed one, as deep as the form would look."""
    return all(_is_value(value) for value in document.values())


def _is_value(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    kind, content = next(iter(value.items()))
    match kind:
        case "M":
            return isinstance(content, dict) and _is_item(content)
        case "L":
            return isinstance(content, list) and all(map(_is_value, content))
        case "SS" | "NS" | "BS":
            return isinstance(content, list) and all(isinstance(one, str) for one in content)
        case "S" | "N" | "B":
            return isinstance(content, str)
        case _:
            return kind in ("BOOL", "NULL") and isinstance(content, bool)
