"""The prompt as it is sent: the user's words at the song's tempo, and its key where they say nothing about one."""

from engine.keys import key_in
from engine.project.model import Project
from engine.tempo import at_tempo, other_tempo, tempo_in, tempo_text


def sent_prompt(prompt: str, project: Project, key: str = "") -> str:
    """`prompt` with the tempo of the song, also in place of another, and its key (such as “A minor”, if known)."""
    tempo = float(project.tempo)
    prompt, _ = at_tempo(" ".join(prompt.split()), tempo)
    added = [] if tempo_in(prompt) else [tempo_text(tempo)]
    if key and key_in(prompt) is None:
        added.append(key)
    return ", ".join(([prompt.rstrip(" .,;")] if added and prompt else [prompt] if prompt else []) + added)


def tempo_notice(prompt: str, project: Project) -> str:
    """A sentence on the tempo in `prompt` that gives way to the song's; empty where none does."""
    tempo = float(project.tempo)
    return other_tempo(at_tempo(" ".join(prompt.split()), tempo)[1], tempo)


def short_name(prompt: str, longest: int = 28) -> str:
    """The first words of a prompt, for a track."""
    name = ""
    for word in prompt.split():
        if name and len(name) + 1 + len(word) > longest:
            break
        name = f"{name} {word}".strip()
    return name.strip(" ,;.")[:longest] or "Generated"
