"""PURE. The Merkle tree of RFC 9162: hashes, a tree's right edge, consistency proofs.

Leaves and hashes are bytes; a hash is 32 bytes of SHA-256.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 9162, 2.1.1: the hash of one leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Edge:
    """A tree of `size` leaves as the hashes of its whole subtrees, the largest first.

    Adding a leaf and the root cost a logarithm of the size; the leaves before are not needed.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError("an edge has one hash for each bit of its size")

    def add(self, leaf: bytes) -> None:
        """Add a leaf."""
        whole = leaf_hash(leaf)
        size = self.size
        while size & 1:
            whole = node_hash(self.hashes.pop(), whole)
            size >>= 1
        self.hashes.append(whole)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root (2.1.1); that of no leaves is the hash of nothing."""
        if not self.hashes:
            return sha256(b"").digest()
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of all leaves."""
    edge = Edge()
    for leaf in leaves:
        edge.add(leaf)
    return edge.root()


def consistency(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """RFC 9162, 2.1.4.1: the proof that the tree of the first `old` leaves is the beginning of this one.

    Raises:
        ValueError: `old` is not between 1 and the number of leaves.
    """
    if not 0 < old <= len(leaves):
        raise ValueError("the older tree has 1 to all leaves")
    return _subproof(leaves, 0, len(leaves), old, whole=True)


def _subproof(
    leaves: Sequence[bytes], start: int, end: int, old: int, *, whole: bool
) -> list[bytes]:
    size = end - start
    if old == size:
        return [] if whole else [root_of(leaves[start:end])]
    split = _split(size)
    if old <= split:
        left = _subproof(leaves, start, start + split, old, whole=whole)
        return [*left, root_of(leaves[start + split : end])]
    right = _subproof(leaves, start + split, end, old - split, whole=False)
    return [*right, root_of(leaves[start : start + split])]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    split: int = 1 << (size - 1).bit_length() - 1
    return split


def is_consistent(
    old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162, 2.1.4.2: whether a proof shows that the older tree is the beginning of the newer."""
    if old == size:
        return not proof and old_root == root
    if not 0 < old < size:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    known, whole = path[0], path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            known, whole = node_hash(one, known), node_hash(one, whole)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            whole = node_hash(whole, one)
        first, last = first >> 1, last >> 1
    return last == 0 and known == old_root and whole == root
