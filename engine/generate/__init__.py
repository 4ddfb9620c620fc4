"""Music on request: what a generator is (`interface`), systems that implement it, the thread that keeps them going."""
