"""What an evaluation covers, and how much of everything it takes."""

from dataclasses import dataclass

PARTS: dict[str, str] = {
    "vae": "sound to latents and back",
    "stages": "attacks, tuning, envelopes, width and level behind each stage",
    "recordings": "real recordings to latents and back",
    "mulan": "words to sound",
    "ssl": "semantic tokens",
    "lm": "the next token",
    "dpd": "velocities of the diffusion",
    "adherence": "whether what comes out is what the prompt said",
    "sounds": "whether what is made without words keeps the tempo and the key of a sound",
    "frechet": "how far generated pieces are from real ones as a crowd",
    "continuation": "whether a long stream stays what it was",
    "diversity": "how different seeds are",
    "copying": "whether training pieces come out again",
    "stems": "whether a bass that is made for other tracks fits them",
    "guides": "whether what comes out follows a melody, chords, accents and a swell",
    "schedules": "linear against uniform angles",
}
"""Each part and what it judges."""

COMPOSER = "composer"
"""The part that measures the composer, which needs no model; it is run where it is named."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts of pieces, and lengths in seconds."""

    train: int = 1500  # excerpts of the training split
    practised: int = 1200  # of them, on which the ears for tempo and key are trained
    held_out: int = 420  # excerpts of the test split
    recall: int = 100  # among which captions must find their sound
    tokens: int = 320  # excerpts of each split for the token probes
    decoded: int = 48  # crops through the VAE
    encoded: int = 24  # pieces with their parts, for a model that hears other tracks
    stage_pieces: int = 24  # held-out pieces through every stage
    stage_seconds: float = 8.0
    stage_drums: int = 6  # prompts for drums only
    recorded: int = 60  # crops of recordings through it, where a folder is named
    prompts: int = 200
    prompt_seconds: float = 8.0
    sounds: int = 60  # held-out pieces to be like, and to go on from
    streams: int = 6
    stream_seconds: float = 100.0  # at least, and as many windows as follow
    stream_windows: int = 10
    diversity_prompts: int = 8
    diversity_seeds: int = 6
    guides: int = 200  # held-out pieces whose melody, chords … are followed
    guide_seconds: float = 4.0
    stems: int = 24  # held-out pieces whose bass is made anew
    stem_seconds: float = 12.0
    schedule_prompts: int = 40
    schedule_seeds: int = 3  # turns over the prompts
    picture_prompts: int = 8
    picture_seeds: int = 3
    picture_seconds: float = 60.0  # of a continuation
    picture_pairs: int = 5  # held-out pieces through the VAE


FULL = Sizes()
QUICK = Sizes(
    train=100,
    practised=100,
    held_out=100,
    tokens=40,
    decoded=48,
    encoded=4,
    stage_pieces=4,
    stage_drums=2,
    prompts=16,
    sounds=6,
    streams=1,
    stream_seconds=60.0,
    diversity_prompts=2,
    diversity_seeds=3,
    guides=3,
    stems=4,
    schedule_prompts=0,
    picture_prompts=0,
    picture_pairs=0,
)
"""Under three minutes on two cores. Its figures are rough: read them as a check, not as a result."""
