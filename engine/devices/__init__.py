"""Effects: each `engine/devices/<id>.py` holds one, as a `DeviceSpec` named SPEC; `registry` finds them by their files.

What several effects share, and their compiled kernels, lie in packages inside this one, which are no devices and are
imported only when an effect is created.
"""
