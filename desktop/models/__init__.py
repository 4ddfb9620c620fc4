"""The models: which there are, what they need and allow, how fast they are here, and how to get them."""
