"""Counts of files and honours by any two facts, in any subtree, on any past day."""
