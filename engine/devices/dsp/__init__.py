"""What several effects are made of: the frame of a processor, filters' coefficients, oversampling."""
