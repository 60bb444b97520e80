"""An endless pseudo-random stream of bytes, the same for the same seed. It is the rehearsal's only random source."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Stream:
    """The bytes of SHA-256 over the seed and a counter."""

    def __init__(self, seed: str) -> None:
        self._seed, self._block, self._bytes = seed, 0, b""

    def take(self, count: int) -> bytes:
        while len(self._bytes) < count:
            self._bytes += hashlib.sha256(f"{self._seed}\n{self._block}".encode()).digest()
            self._block += 1
        taken, self._bytes = self._bytes[:count], self._bytes[count:]
        return taken

    def below(self, limit: int) -> int:
        """Returns a number from 0 to `limit` - 1. It uses sixteen bytes more than needed, so the bias is negligible."""
        return int.from_bytes(self.take((limit.bit_length() + 7) // 8 + 16), "big") % limit

    def choose(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def shuffle(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(len(left))]
