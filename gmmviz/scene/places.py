"""Line and column of each key and value of a TOML file, so that a complaint can point at it.

`tomli` gives values without places, tree-sitter gives places without values; this joins them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one line; line and columns count from 1, columns in characters."""

    line: int
    column: int
    width: int


@dataclass(frozen=True, slots=True)
class _Entry:
    key: Place
    value: Place


class Places:
    """The places of everything in a TOML text that `tomli` accepts."""

    def __init__(self, text: str) -> None:
        self._source = text.encode()
        self._lines = text.split("\n")
        self._columns_of: dict[int, Sequence[int]] = {}
        self._entries: dict[Path, _Entry] = {}
        parser = Parser(Language(tree_sitter_toml.language()))
        counts: dict[Path, int] = {}
        prefix: Path = ()
        for node in parser.parse(self._source).root_node.named_children:
            if node.type == "pair":
                self._add_pair(node, ())
            elif node.type in ("table", "table_array_element"):
                key, *rest = node.named_children
                prefix = self._resolved(tuple(self._names(key)), counts)
                if node.type == "table_array_element":
                    counts[prefix] = counts.get(prefix, -1) + 1
                    self._entries.setdefault(prefix, _Entry(self._place(key), self._place(key)))
                    prefix = (*prefix, counts[prefix])
                self._entries[prefix] = _Entry(self._place(key), self._place(key))
                for child in rest:
                    if child.type == "pair":
                        self._add_pair(child, prefix)

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    def key(self, path: Path) -> Place:
        """Where the key stands, or else the nearest table around it."""
        return self._nearest(path).key

    def value(self, path: Path) -> Place:
        """Where the value stands, or else the nearest table around it."""
        return self._nearest(path).value

    def line(self, number: int) -> str:
        """The text of a line, counted from 1."""
        return self._lines[number - 1].rstrip("\r") if number <= len(self._lines) else ""

    def _nearest(self, path: Path) -> _Entry:
        while path and path not in self._entries:
            path = path[:-1]
        return self._entries.get(path, _Entry(Place(1, 1, 1), Place(1, 1, 1)))

    def _add_pair(self, node: Node, prefix: Path) -> None:
        key, value = node.named_children[:2]
        path = prefix
        for name in self._names(key):
            path = (*path, name)
            self._entries.setdefault(path, _Entry(self._place(key), self._place(value)))
        self._add_value(value, path)

    def _add_value(self, value: Node, path: Path) -> None:
        if value.type == "inline_table":
            for child in value.named_children:
                if child.type == "pair":
                    self._add_pair(child, path)
        elif value.type == "array":
            items = [child for child in value.named_children if child.type != "comment"]
            for i, item in enumerate(items):
                place = self._place(item)
                self._entries[(*path, i)] = _Entry(place, place)
                self._add_value(item, (*path, i))

    def _resolved(self, names: Path, counts: dict[Path, int]) -> Path:
        """``[panels.x]`` after two ``[[panels]]`` is a table of the second."""
        path: Path = ()
        for i, name in enumerate(names):
            path = (*path, name)
            if path in counts and i < len(names) - 1:
                path = (*path, counts[path])
        return path

    def _names(self, key: Node) -> Iterator[str]:
        if key.type == "dotted_key":
            for child in key.named_children:
                yield from self._names(child)
        else:
            text = self._text(key)
            yield text[1:-1] if key.type == "quoted_key" else text

    def _text(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode()

    def _place(self, node: Node) -> Place:
        row, begin = node.start_point
        columns = self._columns(row)
        end = columns[node.end_point[1]] if node.end_point[0] == row else len(self._lines[row].rstrip())
        return Place(row + 1, columns[begin] + 1, max(1, end - columns[begin]))

    def _columns(self, row: int) -> Sequence[int]:
        """The character that each byte of a line belongs to; worked out once per line, which may be long."""
        if row not in self._columns_of:
            line = self._lines[row]
            columns: Sequence[int] = range(len(line) + 1)
            if not line.isascii():
                columns = [i for i, letter in enumerate(line) for _ in letter.encode()] + [len(line)]
            self._columns_of[row] = columns
        return self._columns_of[row]
