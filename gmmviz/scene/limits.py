"""How much a scene may ask for, so that neither a typo nor a hostile file costs hours or all of the memory."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from gmmviz.errors import InputError, hint
from gmmviz.options import Count, options

if TYPE_CHECKING:
    from collections.abc import Iterable


@options
class Limits:
    """What a scene may ask for: enough for any usual film. The user can raise a limit, the scene itself cannot."""

    file_size: Count = 250_000
    """Bytes of a scene file."""
    nesting: Count = 20
    """Depth of tables and lists within one another in a scene file."""
    data_size: Count = 500_000_000
    """Bytes of a data file that is read whole."""
    points: Count = 10_000_000
    """Points of a run."""
    components: Count = 100
    """Components of a run."""
    iterations: Count = 100_000
    """Iterations of all runs and starts of a film together, if none stops before `max_iter`."""
    runs: Count = 24
    """Runs side by side."""
    pixels: Count = 50_000_000_000
    """Pixels of all images of a film together: 36 minutes of motion at 1280x720 and 25 images a second."""

    def keep(self, name: str, given: int, what: str, *place: str | int) -> None:
        """Refuse to go beyond a limit.

        Parameters
        ----------
        name : str
            The limit.
        given : int
            How much is asked for.
        what : str
            The same in words, to begin the message with.
        *place : str or int
            The way to the option that asks for it.

        Raises
        ------
        InputError
            If that is more than the limit allows.
        """
        limit = getattr(self, name)
        if given > limit:
            raise InputError(
                f"{what}, and the limit is {amount(limit)}; if so much is meant, raise it: "
                f"--limit {name}={plain(given)}",
                *place,
            )


def amount(number: int) -> str:
    """A count for a message: ``1,000`` or, if it has very many digits, ``1e+30``."""
    return f"{number:,}" if number < 10**15 else f"{_float(number):.0e}"


def plain(number: int) -> str:
    """A count as `--limit` takes it."""
    return str(number) if number < 10**15 else f"{_float(number):.0e}"


def _float(number: int) -> float:
    return float(min(number, 10**300))


def limits_from(settings: Iterable[str]) -> Limits:
    """Read ``["points=20000000"]``.

    Raises
    ------
    InputError
        If there is no such limit or it is no whole number.
    """
    names = [field.name for field in fields(Limits)]
    chosen: dict[str, int] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name not in names:
            raise InputError(f"there is no limit {name!r}; {hint(name, names)}")
        try:
            chosen[name] = int(float(value)) if "e" in value.lower() else int(value)
        except (ValueError, OverflowError):
            raise InputError(f"a limit is a whole number, such as {name}=1000000, not {setting!r}") from None
    return Limits(**chosen)
