"""The prompt as it is sent: the user's words, and the song's tempo and key where they say nothing about them."""

from engine.keys import key_in
from engine.project.model import Project
from engine.tempo import tempo_in


def sent_prompt(prompt: str, project: Project, key: str = "") -> str:
    """`prompt` with the tempo and the key (such as “A minor”, if known) of the song, as captions say them."""
    prompt = " ".join(prompt.split())
    added = [] if tempo_in(prompt) else [f"{round(project.tempo)} BPM"]
    if key and key_in(prompt) is None:
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
