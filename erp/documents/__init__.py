"""Frames in, documents out (CSV, Excel, JSON). Pure."""
