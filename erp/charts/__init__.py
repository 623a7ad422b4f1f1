"""Frames in, charts out. Pure."""
