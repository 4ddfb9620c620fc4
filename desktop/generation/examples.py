"""Prompts to begin with."""

EXAMPLES = (
    "Relaxed lo-fi hip hop with electric piano, soft drums and upright bass",
    "Driving techno with acid bass and crisp hi-hats",
    "Warm ambient pads with slow strings, dreamy and calm",
    "Funky disco with slap bass, clean guitar and brass",
    "Melancholic piano over soft strings",
    "Bright indie rock with electric guitar, bass and live drums",
    "Latin percussion with nylon guitar, sunny and playful",
    "Epic orchestral build with brass, timpani and choir",
)
