"""A scrolled view of time, as the timeline and the note editor are: place, zoom, scroll bars, habits of the mouse."""
