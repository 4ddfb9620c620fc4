"""The top bar: transport, position, tempo, engine state, master level."""
