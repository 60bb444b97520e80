"""Azure as the rehearsal plays it: names, identities, what it computes, what it answers when asked."""

from __future__ import annotations
