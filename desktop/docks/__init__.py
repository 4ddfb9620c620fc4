"""The panels around the timeline: mixer, jobs and history below, the clip at the right."""
