"""The prompt as it is sent: the user's words, and the song's tempo and key where they say nothing about them."""

import re

from engine.project.model import Project

_TEMPO = re.compile(r"\b\d{2,3}(\.\d+)?\s*(bpm|beats per minute)\b|\btempo\s+\d{2,3}\b", re.IGNORECASE)
_KEY = re.compile(r"\b[A-G](#|♯|b|♭| sharp| flat)?\s+(major|minor|dorian|mixolydian|phrygian|lydian)\b")


def sent_prompt(prompt: str, project: Project, key: str = "") -> str:
    """`prompt` with the tempo and the key (such as “A minor”, if known) of the song, as captions say them."""
    prompt = " ".join(prompt.split())
    added = [] if _TEMPO.search(prompt) else [f"{round(project.tempo)} BPM"]
    if key and not _KEY.search(prompt):
        added.append(key)
    return ", ".join(([prompt.rstrip(" .,;")] if added and prompt else [prompt] if prompt else []) + added)


def short_name(prompt: str, longest: int = 28) -> str:
    """The first words of a prompt, for a track."""
    name = ""
    for word in prompt.split():
        if name and len(name) + 1 + len(word) > longest:
            break
        name = f"{name} {word}".strip()
    return name.strip(" ,;.")[:longest] or "Generated"
