"""The contract of the interface, tried on one running installation."""
