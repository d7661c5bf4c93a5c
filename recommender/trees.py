"""Trees: a LightGBM model read from its text form, evaluated with NumPy alone, and what each feature contributed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models.errors import InvalidInputError

Matrix = npt.NDArray[np.float64]
Nodes = npt.NDArray[np.int32]

_CATEGORICAL: Final = 1
_END: Final = "end of trees"


@dataclass(frozen=True, slots=True)
class Trees:
    """Regression trees whose values add up; every node of every tree is a place in the arrays.

    Importing LightGBM takes seconds and brings SciPy; a few hundred nodes need neither.
    """

    feature_names: Sequence[str]
    roots: Nodes
    features: Nodes
    """Which column decides at a node; 0 at a leaf."""
    thresholds: Matrix
    """At most this goes left; infinite at a leaf."""
    children: Nodes
    """Shape (nodes, 2): left and right; a leaf is its own children."""
    values: Matrix
    """What a leaf adds; at an inner node, the mean of the training rows that passed it."""
    depth: int
    """Decisions from a root to its furthest leaf."""

    @classmethod
    def constant(cls, feature_names: Sequence[str]) -> Trees:
        """Return one tree of a single leaf, worth nothing."""
        none = np.zeros(1, np.int32)
        return cls(feature_names, none, none, np.full(1, np.inf), np.zeros((1, 2), np.int32), np.zeros(1), 0)

    @classmethod
    def parse(cls, text: str) -> Trees:
        """Read what LightGBM's `save_model` wrote.

        Raises:
            InvalidInputError: it is no such text, or uses categorical features or linear leaves.
        """
        header, *blocks = text.split(_END)[0].split("\nTree=")
        names = _fields(header).get("feature_names", "").split()
        if not names or not blocks or _END not in text:
            message = f"Not a whole LightGBM model in text form: no feature_names, no tree or no '{_END}'"
            raise InvalidInputError(message)
        try:
            trees = [_Tree.parse(_fields(block)) for block in blocks]
        except (KeyError, ValueError) as error:
            message = f"Not a LightGBM model this program can read: {error!r}"
            raise InvalidInputError(message) from error
        sizes = [len(tree.values) for tree in trees]
        starts = np.cumsum([0, *sizes[:-1]]).astype(np.int32)
        return cls(
            feature_names=names,
            roots=starts,
            features=np.concatenate([tree.features for tree in trees]),
            thresholds=np.concatenate([tree.thresholds for tree in trees]),
            children=np.concatenate([tree.children + start for tree, start in zip(trees, starts, strict=True)]),
            values=np.concatenate([tree.values for tree in trees]),
            depth=max(tree.depth for tree in trees),
        )

    def predict(self, matrix: Matrix) -> npt.NDArray[np.float64]:
        """Return the sum of the trees' values for each row.

        Args:
            matrix: shape (n, len(feature_names)), without NaN.
        """
        nodes = self._start(len(matrix))
        for _ in range(self.depth):
            nodes = self._descend(nodes, matrix)
        total: npt.NDArray[np.float64] = self.values[nodes].sum(axis=1)
        return total

    def contributions(self, matrix: Matrix) -> Matrix:
        """Return what each feature moved the sum by: shape (n, len(feature_names)).

        A row of it and the mean of all training rows add up to the prediction. The change of the mean at each decision
        is booked on the feature that decided.

        Source: Saabas, "Interpreting random forests" (2014).
        """
        nodes = self._start(len(matrix))
        rows = np.broadcast_to(np.arange(len(matrix))[:, None], nodes.shape)
        moved = np.zeros((len(matrix), len(self.feature_names)))
        for _ in range(self.depth):
            further = self._descend(nodes, matrix)
            np.add.at(moved, (rows, self.features[nodes]), self.values[further] - self.values[nodes])
            nodes = further
        return moved

    def _start(self, rows: int) -> Nodes:
        return np.broadcast_to(self.roots, (rows, len(self.roots)))

    def _descend(self, nodes: Nodes, matrix: Matrix) -> Nodes:
        rows = np.arange(0, matrix.size, matrix.shape[1])[:, None]
        decided = matrix.ravel().take(self.features.take(nodes) + rows) > self.thresholds.take(nodes)
        below: Nodes = self.children.ravel().take(2 * nodes + decided)
        return below


@dataclass(frozen=True, slots=True)
class _Tree:
    """One tree: its inner nodes, then its leaves."""

    features: Nodes
    thresholds: Matrix
    children: Nodes
    values: Matrix
    depth: int

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> _Tree:
        leaves = np.array(fields["leaf_value"].split(), np.float64)
        inner = len(leaves) - 1
        if any(int(kind) & _CATEGORICAL for kind in fields.get("decision_type", "").split()) or int(
            fields.get("is_linear", "0")
        ):
            message = "categorical features and linear leaves are not supported"
            raise ValueError(message)
        own = np.arange(inner, inner + len(leaves), dtype=np.int32)
        left, right = (_children(fields.get(name, ""), inner) for name in ("left_child", "right_child"))
        children = np.concatenate([np.stack([left, right], axis=1), np.stack([own, own], axis=1)])
        padding = np.zeros(len(leaves))
        return cls(
            features=np.concatenate([_numbers(fields.get("split_feature", "")), padding]).astype(np.int32),
            thresholds=np.concatenate([_numbers(fields.get("threshold", "")), padding + np.inf]),
            children=children,
            values=np.concatenate([_numbers(fields.get("internal_value", "")), leaves]),
            depth=_depth(children, inner),
        )


def _children(text: str, inner: int) -> Nodes:
    """Return child nodes, where LightGBM writes leaf n as -n-1."""
    codes = np.array(text.split(), np.int32)
    return np.where(codes < 0, inner - codes - 1, codes).astype(np.int32)


def _numbers(text: str) -> Matrix:
    return np.array(text.split(), np.float64)


def _depth(children: Nodes, inner: int) -> int:
    depths = np.zeros(len(children), np.int64)
    # LightGBM numbers a node after its parent.
    for node in range(inner):
        depths[children[node]] = depths[node] + 1
    return int(depths.max())


def _fields(block: str) -> dict[str, str]:
    return dict(_pairs(block))


def _pairs(block: str) -> Iterator[tuple[str, str]]:
    for line in block.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            yield name, value
