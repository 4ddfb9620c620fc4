"""The panels of effects: a curve for those that have one, controls built from the parameters of any."""
