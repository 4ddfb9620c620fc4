"""The user's own effects: a Python file each in the folder `paths.plugins_dir()`, at work in processes of their own.

A file declares its effect with literals at its top level, which are read without running it (`declaration`), and has a
class `Plugin` that is run in a process that may die without the song (`host`):

    LABEL = "Tremolo"
    KIND = "modulation"      # the group of the menu it stands in; “plug-in” where it says nothing
    LATENCY = 0              # frames by which its output comes late
    TAIL = 0.0               # seconds for which it rings on
    PARAMETERS = [{"id": "rate_hz", "label": "Rate", "unit": "Hz", "minimum": 0.1, "maximum": 20, "default": 4}]
    PRESETS = {"Slow": {"rate_hz": 1}}

    class Plugin:
        def __init__(self, rate, max_block): ...
        def process(self, block, parameters):  # float32 (frames, 2) in and out; numbers, or arrays with one a frame
            return block

The effect's id is “plugin_” and the name of its file. What `process` changes of the object is its state: it is copied
where playback may come back to. Only numpy can be counted on where the program is packed.
"""
