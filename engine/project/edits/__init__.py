"""Every edit of a song: functions from a project (and what to change) to the project after it.

All are pure. They raise `EditError` with a sentence for the user, return the project itself where nothing changes, and
leave the identity of tracks and clips that they do not touch. Clips on a track are kept in the order of their starts,
and none of them makes clips overlap that did not, but for `crossfade` (see `overlaps`).
Times are positions (`engine.timing.position.Position`: frames or beats) or frames at the project's rate.
"""

from engine.project.edits.channels import remove_send, set_group, set_send
from engine.project.edits.clips import (
    add_clip,
    duplicate,
    move_clips,
    paste,
    place_clip,
    remove_clips,
    ripple_insert,
    set_clip,
)
from engine.project.edits.devices import (
    add_device,
    move_device,
    put_device,
    remove_device,
    set_device,
    set_device_value,
    set_device_values,
)
from engine.project.edits.envelope import set_envelope
from engine.project.edits.fades import crossfade, set_fade_in, set_fade_out
from engine.project.edits.form import move_edge, move_span, split_span, write_span, write_spans
from engine.project.edits.freezing import bounce_in_place, unfreeze_track
from engine.project.edits.groups import group_clips, groups_of, ungroup_clips
from engine.project.edits.imports import add_sounds, adopt_time, is_free
from engine.project.edits.lanes import add_point, lane_of, move_points, remove_points, set_lane
from engine.project.edits.markers import add_marker, move_marker, remove_marker, rename_marker
from engine.project.edits.naming import has_default_name, name_heard
from engine.project.edits.notes import set_content, set_notes
from engine.project.edits.overlaps import free_end, free_start, overlapping, trim_overlaps
from engine.project.edits.passages import duplicate_passage, move_passage, remove_passage
from engine.project.edits.shape import join, loop_to, reverse, set_loop, slip, split, trim_end, trim_start
from engine.project.edits.song import rename, set_loop_region, set_master_gain
from engine.project.edits.sources import (
    add_source,
    describe_source,
    grow_source,
    is_blocked,
    relink_source,
    seal_source,
    stop_source,
)
from engine.project.edits.structure import KEEP
from engine.project.edits.takes import (
    add_derived_take,
    add_take,
    choose_take,
    comp_take,
    flatten_takes,
    remove_take,
    replace_take,
    set_guide,
    set_prompt,
)
from engine.project.edits.time import (
    add_signature_change,
    add_tempo_point,
    move_signature_change,
    move_tempo_point,
    remove_signature_change,
    remove_tempo_point,
    set_ramp,
    set_signature,
    set_tempo,
)
from engine.project.edits.tracks import (
    add_track,
    duplicate_track,
    move_track,
    remove_tracks,
    set_automation,
    set_instrument,
    set_track,
)
from engine.project.edits.warp import (
    add_warp_marker,
    move_warp_marker,
    remove_warp_marker,
    set_markers,
    set_pitch,
    unwarp_clips,
    warp_clip,
    warp_take_to_grid,
)

__all__ = [
    "add_warp_marker",
    "move_warp_marker",
    "remove_warp_marker",
    "bounce_in_place",
    "group_clips",
    "groups_of",
    "ungroup_clips",
    "unfreeze_track",
    "set_markers",
    "set_pitch",
    "set_guide",
    "set_prompt",
    "unwarp_clips",
    "warp_clip",
    "warp_take_to_grid",
    "KEEP",
    "remove_send",
    "set_group",
    "set_send",
    "add_device",
    "move_device",
    "put_device",
    "remove_device",
    "set_device",
    "set_device_value",
    "set_device_values",
    "add_point",
    "lane_of",
    "move_points",
    "remove_points",
    "set_lane",
    "add_clip",
    "add_marker",
    "add_sounds",
    "adopt_time",
    "add_signature_change",
    "add_source",
    "add_derived_take",
    "add_take",
    "add_tempo_point",
    "add_track",
    "choose_take",
    "comp_take",
    "set_envelope",
    "crossfade",
    "describe_source",
    "duplicate",
    "duplicate_passage",
    "duplicate_track",
    "flatten_takes",
    "free_end",
    "free_start",
    "grow_source",
    "is_blocked",
    "is_free",
    "join",
    "loop_to",
    "move_clips",
    "move_edge",
    "move_marker",
    "move_passage",
    "move_signature_change",
    "move_tempo_point",
    "move_span",
    "move_track",
    "has_default_name",
    "name_heard",
    "overlapping",
    "paste",
    "place_clip",
    "relink_source",
    "remove_clips",
    "remove_marker",
    "remove_passage",
    "remove_signature_change",
    "remove_take",
    "remove_tempo_point",
    "remove_tracks",
    "rename",
    "rename_marker",
    "replace_take",
    "reverse",
    "ripple_insert",
    "seal_source",
    "set_automation",
    "set_clip",
    "set_content",
    "set_fade_in",
    "set_fade_out",
    "set_instrument",
    "set_loop",
    "set_loop_region",
    "set_master_gain",
    "set_notes",
    "set_ramp",
    "set_signature",
    "set_tempo",
    "set_track",
    "slip",
    "split",
    "split_span",
    "stop_source",
    "trim_end",
    "trim_overlaps",
    "trim_start",
    "write_span",
    "write_spans",
]
