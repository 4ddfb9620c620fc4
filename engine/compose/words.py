"""The vocabulary of captions, and the words that are kept out of them for evaluation."""

import re

MOOD_WORDS: dict[str, tuple[str, ...]] = {
    "happy": ("happy", "cheerful", "joyful", "sunny", "feel-good", "bright"),
    "sad": ("sad", "sorrowful", "wistful", "heavy-hearted", "tearful", "bittersweet"),
    "calm": ("calm", "relaxing", "peaceful", "laid-back", "soothing", "mellow"),
    "energetic": ("energetic", "driving", "powerful", "lively", "high-energy", "punchy"),
    "dark": ("dark", "gloomy", "moody", "brooding", "shadowy"),
    "romantic": ("romantic", "tender", "warm", "loving", "intimate"),
    "dreamy": ("dreamy", "floating", "hazy", "spacey", "airy"),
    "epic": ("epic", "heroic", "majestic", "grand", "larger-than-life"),
    "tense": ("tense", "suspenseful", "nervous", "restless", "edgy"),
    "playful": ("playful", "fun", "bouncy", "quirky", "light-hearted"),
    "hopeful": ("hopeful", "uplifting", "optimistic", "inspiring", "encouraging"),
}

TEMPO_WORDS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (72, ("very slow", "slow", "at a slow tempo")),
    (92, ("slow", "unhurried", "at a relaxed tempo")),
    (112, ("mid-tempo", "at a medium tempo", "moderate")),
    (132, ("upbeat", "moderately fast", "up-tempo")),
    (156, ("fast", "quick", "at a fast tempo")),
    (999, ("very fast", "at breakneck speed", "at a very fast tempo")),
)
"""Felt beats per minute below which the words hold."""

ENERGY_WORDS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.3, ("low energy", "gentle", "quiet", "soft")),
    (0.6, ("medium energy", "steady", "easygoing")),
    (2.0, ("high energy", "intense", "full of power")),
)

SECTION_WORDS: dict[str, tuple[str, ...]] = {
    "intro": ("the intro", "the opening"),
    "verse": ("a verse",),
    "chorus": ("the chorus", "the full arrangement", "the main theme"),
    "bridge": ("the bridge", "a contrasting middle part"),
    "break": ("the breakdown",),
    "build": ("the build-up", "a riser before the drop"),
    "outro": ("the outro", "the ending"),
    "head": ("the head", "the main tune"),
    "solo": ("a solo",),
}

FAMILY_WORDS: dict[str, tuple[str, ...]] = {
    "piano": ("piano", "keys"),
    "mallets": ("mallets", "bell-like percussion"),
    "organ": ("organ",),
    "guitar": ("guitar",),
    "bass": ("bass", "bassline"),
    "strings": ("strings",),
    "choir": ("choir", "voices"),
    "brass": ("brass", "horns"),
    "woodwind": ("woodwind", "a wind instrument"),
    "synth lead": ("a synth lead", "a synthesizer melody"),
    "synth pad": ("a synth pad", "synthesizer pads"),
    "plucked": ("plucked strings",),
    "drums": ("drums", "a beat"),
    "percussion": ("percussion",),
}

STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "for",
        "in",
        "on",
        "at",
        "to",
        "and",
        "or",
        "with",
        "without",
        "by",
        "from",
        "into",
        "through",
        "as",
        "like",
        "is",
        "it",
        "its",
        "that",
        "this",
        "some",
        "something",
        "music",
        "tune",
        "track",
        "piece",
        "song",
        "sound",
        "sounds",
        "background",
        "while",
        "after",
        "before",
        "over",
        "under",
        "between",
        "during",
        "one",
        "two",
        "my",
        "your",
        "our",
        "very",
        "not",
        "no",
        "about",
    ]
)
"""Words that may stand in both captions and free prompts because they mean neither a genre nor a mood."""

_FREE = """
melancholic = mood sad | mournful piece about loss = mood sad | music for a funeral = mood sad | grieving = mood sad
a broken heart = mood sad | despair and regret = mood sad | weeping willow = mood sad
lonesome and forlorn = mood sad | ecstatic = mood happy | giddy with delight = mood happy
blissful smile = mood happy | jubilant celebration = mood happy | merry and gleeful = mood happy
tranquil = mood calm | serene lake = mood calm | placid and unruffled = mood calm
spa massage = mood calm, genre ambient | mindfulness breathing = mood calm, genre ambient | stillness = mood calm
frantic adrenaline rush = mood energetic | pumped up = mood energetic | explosive vigour = mood energetic
for a car chase = mood energetic, mood tense, genre drum and bass, genre techno
fiery and furious = mood energetic, genre metal | sinister villain = mood dark | haunted mansion = mood dark
ominous = mood dark | bleak and grim = mood dark | evil lurking = mood dark, mood tense
gothic cathedral ruins = mood dark | sensual = mood romantic | a passionate kiss = mood romantic
affectionate valentine = mood romantic | honeymoon = mood romantic | falling for someone = mood romantic
ethereal = mood dreamy, genre ambient | weightless clouds = mood dreamy, genre ambient
surreal hallucination = mood dreamy | otherworldly nebula = mood dreamy, genre ambient
stargazing = mood dreamy, genre ambient | triumphant victory = mood epic, genre cinematic
knights and dragons = mood epic, genre cinematic | glorious conquest = mood epic, genre cinematic
mythical saga = mood epic, genre cinematic | colossal armies marching = mood epic, genre cinematic
anxious = mood tense | ticking bomb = mood tense | paranoid thriller = mood tense, mood dark
stalking prey = mood tense, mood dark | nail-biting countdown = mood tense | mischievous kittens = mood playful
clownish cartoon antics = mood playful | whimsical = mood playful | goofy slapstick = mood playful
frolicking puppies = mood playful | believing tomorrow will be better = mood hopeful
a fresh beginning = mood hopeful | motivational speech = mood hopeful | aspirational startup pitch = mood hopeful
daybreak = mood hopeful | lo-fi = genre hip hop | emcee freestyle cypher = genre hip hop
vinyl crackle loops = genre hip hop | turntable scratching b-boys = genre hip hop | rave = genre techno, genre trance
Berlin nightclub strobe = genre techno, genre house | industrial machinery clanking = genre techno
Ibiza sunset terrace = genre house, genre trance | Chicago discotheque deejay = genre house
euphoric laser arpeggios = genre trance | jungle amen rollers = genre drum and bass | Atlanta gangsta = genre trap
mumble crunk hustle = genre trap | Miami vice = genre synthwave | VHS cassette nostalgia = genre synthwave
Blade Runner cyberpunk = genre synthwave | Nintendo = genre chiptune | handheld bleeps = genre chiptune
Mario = genre chiptune | drone textures evolving = genre ambient | Brian Eno = genre ambient
teen idol hit single = genre pop | boy band chart-topper = genre pop | Britney bubblegum = genre pop
grunge garage amplifiers = genre rock | Led Zeppelin = genre rock | punk rebels = genre rock, genre metal
headbanging = genre metal | Slayer shredding = genre metal | satanic doom growls = genre metal
James Brown groovy = genre funk | Parliament get-down bootsy = genre funk | Travolta fever = genre disco
Bee Gees bell-bottoms = genre disco | Motown Marvin Gaye = genre soul | gospel crooner = genre soul
Bob Marley = genre reggae | Jamaican rasta island = genre reggae | cowboy saloon = genre country
Dolly Parton honky hoedown = genre country | Mississippi delta juke joint = genre blues
B.B. King woke up this morning = genre blues | Duke Ellington = genre jazz | Coltrane improvisation = genre jazz
speakeasy big-band = genre jazz | Copacabana samba = genre bossa nova | Jobim Ipanema = genre bossa nova
Chopin nocturne = genre piano solo, genre classical | Satie = genre piano solo | Mozart = genre classical
baroque Haydn sonata = genre classical | Vivaldi concerto = genre classical | Hans Zimmer = genre cinematic
Hollywood blockbuster = genre cinematic | gladiator Lord Rings = genre cinematic | Celtic pub jig = genre folk
troubadour minstrel = genre folk | Bob Dylan = genre folk | mariachi fiesta = genre latin
Colombian merengue = genre latin | Havana mambo = genre latin | hush-a-bye = genre lullaby
infant crib mobile = genre lullaby | goodnight teddy bear = genre lullaby
"""


def _prompts() -> dict[str, frozenset[tuple[str, str]]]:
    table = {}
    for line in _FREE.strip().splitlines():
        for entry in line.split(" | "):
            text, _, meanings = entry.partition(" = ")
            table[text.strip()] = frozenset(
                (kind, name) for kind, _, name in (meaning.strip().partition(" ") for meaning in meanings.split(","))
            )
    return table


FREE_PROMPTS: dict[str, frozenset[tuple[str, str]]] = _prompts()
"""Prompts in words that no caption uses, each with what it may mean: ("genre", name) or ("mood", name). For evaluation
only; they must never be trained on, be it through captions or through a teacher's text."""


def content_words(text: str) -> set[str]:
    """The words of a text that mean something, in lower case; hyphens join."""
    words = re.findall(r"[a-z0-9&][a-z0-9&'.\-]*", text.lower())
    bare = (word.strip(".-'") for word in words)
    return {word for word in bare if word and word not in STOP_WORDS}


FREE_WORDS: frozenset[str] = frozenset().union(*(content_words(prompt) for prompt in FREE_PROMPTS))
"""The held-out vocabulary."""
