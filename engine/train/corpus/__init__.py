"""Music that we synthesise ourselves: endless, seeded, with every truth known."""
