"""The genres: what each of them plays, how, on what, and what people call it."""

from engine.compose.genres.acoustic import ACOUSTIC
from engine.compose.genres.band import BAND
from engine.compose.genres.electronic import ELECTRONIC
from engine.compose.genres.genre import Genre, Role

GENRES: dict[str, Genre] = {genre.name: genre for genre in ELECTRONIC + BAND + ACOUSTIC}

__all__ = ["GENRES", "Genre", "Role"]
