"""Request-level simulation of a serving fleet."""
