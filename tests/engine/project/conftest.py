from dataclasses import replace
from fractions import Fraction

import pytest

from engine.music.guide import Guide, MelodyNote, SwellPoint
from engine.project.model import (
    AudioContent,
    AutomationPoint,
    BendPoint,
    ChannelKind,
    Clip,
    CompPart,
    ControlPoint,
    Curve,
    CurvePoint,
    CurveShape,
    Device,
    Fade,
    FadeShape,
    Frozen,
    GainPoint,
    Instrument,
    Lane,
    LoopRegion,
    Marker,
    NamedSpan,
    NoteContent,
    NoteEvent,
    Project,
    Send,
    Source,
    Take,
    Target,
    Track,
    WarpMarker,
    audio_clip,
    audio_take,
    new_project,
)
from engine.timing.signature import Signature
from engine.timing.tempo_map import SignatureChange, TempoPoint
from tests.places import place_at


@pytest.fixture
def rich_project() -> Project:
    """A song in which every field of the model has a value other than its default."""
    provenance = {"prompt": "Regen, 90 BPM – “leise”", "seed": 7, "guidance": 3.5, "chunks": [{"at": 0, "steps": 8}]}
    sources = (
        Source("a1", "audio/a1.wav", "Käse & Brot", 44100, 6, 88200, "PCM_24"),
        Source("b2", "audio/b2.mp3", "b", 48000, 1, 4800, "MPEG_LAYER_III"),
        Source("g3", "growing/g3.f32", "made now", 44100, 2, 4410, "FLOAT", growing=True),
    )
    takes = (
        audio_take("t1", "a1", "first", shift=-5, gain_db=-1.5, provenance=provenance),
        audio_take("t2", "g3", "second", provenance={}),
    )
    looped = audio_clip(
        "c1",
        place_at(Fraction(33, 2)),
        44100,
        takes,
        take=1,
        name="Refrain",
        offset=-12,
        gain_db=-3.25,
        fade_in=Fade(480, FadeShape.EQUAL_POWER, 20, 500, 0.25),
        fade_out=Fade(960, FadeShape.EQUAL_POWER),
        loop_length=5000,
        loop_phase=17,
        reverse=True,
        mute=True,
        colour=3,
    )
    looped = replace(
        looped,
        comp=(CompPart(-20, takes[0].id), CompPart(4000, takes[1].id)),
        envelope=(GainPoint(-7, -3.0), GainPoint(400, 1.5)),
        group="g1",
    )
    markers = WarpMarker(0, Fraction(0)), WarpMarker(4800, Fraction(1, 4))
    warped = AudioContent("b2", warp=True, markers=markers, transpose=-2, fine_tune=12.5, limited=True)
    guide = Guide(melody=(MelodyNote(0.5, 1.0, 60),), swell=(SwellPoint(0.0, -12.0),)).to_values()
    plain = Clip("c2", place_at(12345), 1, (Take("t3", warped, prompt="rain,\nlouder", guide=guide),))
    lead = Track(
        "k1",
        "Lead 🎸",
        colour=4,
        gain_db=-6.0,
        pan=-0.25,
        mute=True,
        solo=True,
        clips=(plain, looped),
        automation=(AutomationPoint(place_at(0), -6.0), AutomationPoint(place_at(Fraction(7, 3)), 1.5)),
        height=96,
        role="lead",
        instrument=Instrument(
            "tape keys",
            None,
            "epiano",
            True,
            "/fonts/own.sf3",
            1.5,
            -3.0,
            -6.5,
            0.5,
            "keys",
            0.75,
            0.2,
            2.5,
            0.3,
            0.4,
            0.5,
            -1.5,
        ),
        devices=(
            Device("d1", "compressor", False, {"threshold_db": -18.5, "ratio": 3.0}, sidechain="k2"),
            Device("d2", "from_a_later_version"),
        ),
        sends=(Send("k3", -12.0, pre_fader=True),),
        group="k4",
        lanes=(
            Lane(
                Target("gain_db"),
                Curve(
                    (
                        CurvePoint(place_at(Fraction(0)), -12.0, CurveShape.S_CURVE),
                        CurvePoint(place_at(44100), 0.0),
                    )
                ),
            ),
            Lane(Target("ratio", device="d1"), Curve((CurvePoint(place_at(Fraction(1)), 2.0),))),
            Lane(Target("send_db", send="k3"), Curve((CurvePoint(place_at(Fraction(1)), -6.0),))),
        ),
    )
    content = NoteContent(
        (NoteEvent(Fraction(1, 3), Fraction(5, 4), 61, 100, -0.03),),
        -7,
        24_000,
        11,
        (BendPoint(0.5, -1.5),),
        (ControlPoint(0.25, 1.0),),
        (ControlPoint(0.5, 0.75),),
        (ControlPoint(1.5, 0.5),),
        Instrument("own"),
    )
    keys = Track(
        "k2",
        "",
        clips=(Clip("c3", place_at(Fraction(2)), 30_000, (Take("t4", content),)),),
        frozen=Frozen(
            (Clip("c9", place_at(Fraction(2)), 30_000, (Take("t9", content),)),),
            (Device("d9", "delay", values={"mix": 30.0}),),
            (Lane(Target("mix", "d9"), Curve((CurvePoint(place_at(0), 10.0),))),),
        ),
    )
    return replace(
        new_project("Ein Lied", rate=44100, tempo=Fraction(241, 2), signature=Signature(7, 8)),
        tracks=(
            lead,
            keys,
            Track("k3", "Reverb", kind=ChannelKind.RETURN),
            Track("k4", "Band", kind=ChannelKind.GROUP),
        ),
        sources={source.id: source for source in sources},
        markers=(Marker("m1", place_at(0), "Start", 2), Marker("m2", place_at(Fraction(28)), "Ende")),
        loop=LoopRegion(place_at(Fraction(1, 3)), place_at(Fraction(9)), on=True),
        master_gain_db=-1.0,
        tempo_changes=(
            TempoPoint(Fraction(14), Fraction(90), ramp=True),
            TempoPoint(Fraction(85, 3), Fraction(361, 4)),
        ),
        signature_changes=(SignatureChange(5, Signature(3, 4)),),
        master_devices=(Device("d3", "limiter", values={"ceiling_db": -1.0}),),
        master_lanes=(Lane(Target("gain_db"), Curve((CurvePoint(place_at(0), -3.0, CurveShape.HOLD),))),),
        chords=(NamedSpan(Fraction(1, 3), Fraction(4), "F#m7/E"),),
        sections=(NamedSpan(Fraction(4), Fraction(8), "Chorus"),),
    )
