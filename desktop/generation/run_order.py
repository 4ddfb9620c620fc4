"""From an order to takes that can be put into the song: what is done on the job's thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from desktop.generation import insert_takes, loudness_match
from desktop.generation.insert_takes import Arrival
from engine.audio import Audio
from engine.generate.interface import Task
from engine.inference.api import Inference, Order
from engine.jobs import Context, Part
from engine.project.pool import prepare

ONE_BY_ONE = (Task.GENERATE, Task.VARIATION, Task.LOOP)
"""Tasks whose takes stand alone, so that their levels may be matched."""


@dataclass(frozen=True)
class Arrivals:
    """What an order made, ready to be put into the song. notices: whole sentences for the user."""

    takes: tuple[Arrival, ...]
    notices: tuple[str, ...] = ()
    seconds_spent: float = 0.0


Match = Callable[[list[Arrival], Context], list[Arrival]]
"""Sets the takes' gains, on the job's thread."""


Listen = Callable[[Context], Audio]
"""Renders the tracks that are listened to, on the job's thread."""


def listening(order: Order, listen: Listen | None, context: Context) -> Order:
    """The order with the sound of the tracks that it listens to."""
    if listen is None:
        return order
    context.progress(0.0, "Listening to the other tracks")
    return replace(order, request=replace(order.request, context=listen(Context(lambda share, text: context.check()))))


def make(inference: Inference, order: Order, match: Match | None, context: Context) -> Arrivals:
    """Has an order carried out; its takes can be played, and are equally loud or as loud as `match` makes them."""
    return levelled(made(inference, order, context), order, match, context)


def made(inference: Inference, order: Order, context: Context) -> Arrivals:
    """Has an order carried out; its takes can be played."""
    takes = inference.run(order, context)
    request, place = order.request, order.place
    alone = request.task in ONE_BY_ONE
    arrivals = [
        insert_takes.arrival(
            each, f"Seed {request.seed + index}", insert_takes.lone_gain(each.source) if alone else 0.0
        )
        for index, each in enumerate(takes.takes)
    ]
    for arrival in arrivals:
        prepare(place.folder, arrival.source, place.rate)
    return Arrivals(tuple(arrivals), takes.notices, takes.seconds_spent)


def make_first_apart(
    inference: Inference,
    order: Order,
    early: list[Arrivals],
    there: Callable[[], object],
    match: Match | None,
    context: Context,
) -> Arrivals:
    """Has an order of several takes carried out; `early` gets the first as soon as it is made, and `there` is called.

    Where `early` holds it already, as after a failure of the others, only those are made.
    """
    first, rest = first_and_rest(order)
    if rest is None:
        return make(inference, order, match, context)
    share = 1 / order.request.takes
    if not early:
        early.append(made(inference, first, Part(context, 0.0, share)))
        there()
    others = made(inference, rest, Part(context, share, 1.0))
    notices = tuple(each for each in others.notices if each not in early[0].notices)
    whole = replace(others, takes=(*early[0].takes, *others.takes), notices=notices)
    return levelled(whole, order, match, context)


def levelled(arrivals: Arrivals, order: Order, match: Match | None, context: Context) -> Arrivals:
    """The takes with their gains set."""
    context.progress(1.0, "Matching levels")
    if match is None and order.request.task in ONE_BY_ONE:
        match = partial(equally_loud, order.place.folder, order.place.rate)
    return replace(arrivals, takes=tuple(match(list(arrivals.takes), context))) if match else arrivals


def first_and_rest(order: Order) -> tuple[Order, Order | None]:
    """An order for the first take of `order` alone, and one for the others; each take keeps its seed."""
    request = order.request
    if request.takes < 2:
        return order, None
    rest = replace(request, seed=request.seed + 1, takes=request.takes - 1)
    return replace(order, request=replace(request, takes=1)), replace(order, request=rest)


def level(arrival: Arrival, folder: Path, rate: int, context: Context) -> loudness_match.Level:
    """How loud a take is, as the generator said or as it is measured here."""
    return loudness_match.level_of(arrival.take.provenance) or loudness_match.measure(
        folder, arrival.source, rate, context
    )


def equally_loud(folder: Path, rate: int, arrivals: list[Arrival], context: Context) -> list[Arrival]:
    """The takes with gains that make them equally loud."""
    if len(arrivals) < 2:
        return arrivals
    gains = loudness_match.matching_gains([level(each, folder, rate, context) for each in arrivals])
    return [
        insert_takes.with_gain(each, round(gain + insert_takes.lone_gain(each.source), 2))
        for each, gain in zip(arrivals, gains, strict=True)
    ]
