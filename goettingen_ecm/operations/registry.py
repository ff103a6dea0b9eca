"""How upper layers appear in lower ones: they register, the lower one asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest

T = TypeVar("T")


class Registry(Generic[T]):
    """Named entries in a stable order (``order``, then name); a name registers once."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[int, T]] = {}

    def register(self, name: str, entry: T, *, order: int = 100) -> None:
        if name in self._entries:
            raise ValueError(f"{name} is registered already")
        self._entries[name] = (order, entry)

    def get(self, name: str) -> T:
        return self._entries[name][1]

    def names(self) -> list[str]:
        return sorted(self._entries, key=lambda name: (self._entries[name][0], name))

    def entries(self) -> Iterable[T]:
        return (self._entries[name][1] for name in self.names())


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the start page: a template and the context it needs."""

    template: str
    context: dict[str, object]


CardSource = Callable[[HttpRequest], Card | None]

start_cards: Registry[CardSource] = Registry()
