"""Music on request: what a generator is (`api`), the systems that implement it, the thread that keeps them going."""
