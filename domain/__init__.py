"""What is true, what may happen next, what falls due: pure values and functions."""
