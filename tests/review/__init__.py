"""Tests of what people read on the forge."""
