"""Arithmetic with IPv4 address blocks, and the IPv6 block of a subnet."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

_ADDRESSES = 2**32


@dataclass(frozen=True)
class Block:
    """An address with a mask. The address may lie anywhere in its block; `first` and `last` are the block's bounds."""

    address: int
    mask: int

    @classmethod
    def parse(cls, text: str) -> Block:
        """Parses ADDRESS/MASK. Raises ValueError for any other text."""
        address, _, mask = text.partition("/")
        try:
            block = cls(int(IPv4Address(address)), int(mask) if mask else 32)
        except ValueError:
            raise ValueError(f"found {text!r}, expected an IPv4 block such as 10.0.0.0/16") from None
        return block.check()

    def check(self) -> Block:
        """Returns the block itself. Raises ValueError if it lies outside of IPv4."""
        if not 0 <= self.mask <= 32 or not 0 <= self.address < _ADDRESSES:
            raise ValueError(f"the block with mask /{self.mask} lies outside the IPv4 addresses")
        return self

    @property
    def size(self) -> int:
        return 2 ** (32 - self.mask)

    @property
    def first(self) -> int:
        return self.address - self.address % self.size

    @property
    def last(self) -> int:
        return self.first + self.size - 1

    def overlaps(self, other: Block) -> bool:
        return self.first <= other.last and other.first <= self.last

    def contains(self, address: int) -> bool:
        return self.first <= address <= self.last

    def next(self) -> Block:
        """Returns the block of the same size after this one."""
        return Block(self.first + self.size, self.mask)

    def next_of(self, mask: int) -> Block:
        """Returns the first aligned block with this mask after this one."""
        return Block(self.last, mask).next().check()

    def part(self, new_bits: int, number: int) -> Block:
        """Cuts the block into 2**new_bits parts and returns the part with this number.

        A larger number gives a block of the same size after this block. Raises ValueError for a part below a /32.
        """
        mask = self.mask + new_bits
        if mask > 32:
            raise ValueError(f"a /{self.mask} block cannot be cut by {new_bits} more bits, only by {32 - self.mask}")
        return Block(self.address + 2 ** (32 - mask) * number, mask).check()

    def __str__(self) -> str:
        return f"{IPv4Address(self.address)}/{self.mask}"


def bits_for(count: int) -> int:
    """Returns the number of bits that distinguish `count` items."""
    return max(count - 1, 0).bit_length()


def ipv6_subnet(vpc_block: str, index: int) -> str:
    """Returns the /64 block with this index in a VPC's /56 block. Raises ValueError for anything but a /56."""
    address, _, mask = vpc_block.partition("/")
    try:
        number = int(IPv6Address(address))
    except AddressValueError:
        raise ValueError(f"found {vpc_block!r}, expected an IPv6 block with a /56 mask") from None
    if mask != "56" or not 0 <= index <= 0xFF:
        raise ValueError(f"found {vpc_block!r} and subnet {index}, expected a /56 block and at most 256 subnets")
    groups = [f"{(number >> shift) & 0xFFFF:x}" for shift in (112, 96, 80)]
    fourth = ((number >> 64) & 0xFF00) | index
    return f"{':'.join(groups)}:{fourth:x}::/64"
