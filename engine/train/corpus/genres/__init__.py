"""The genres: what each of them plays, how, on what, and what people call it."""

from engine.train.corpus.genres.acoustic import ACOUSTIC
from engine.train.corpus.genres.band import BAND
from engine.train.corpus.genres.electronic import ELECTRONIC
from engine.train.corpus.genres.genre import Genre, Role

GENRES: dict[str, Genre] = {genre.name: genre for genre in ELECTRONIC + BAND + ACOUSTIC}

__all__ = ["GENRES", "Genre", "Role"]
