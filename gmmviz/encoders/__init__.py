"""Encoders: each writes one kind of file."""

from gmmviz.encoders.base import ENCODERS, Encoder, Film, SavedFile, encoder_for, write_safely
from gmmviz.encoders.gif import GifEncoder
from gmmviz.encoders.mp4 import Mp4Encoder

__all__ = [
    "ENCODERS",
    "Encoder",
    "Film",
    "GifEncoder",
    "Mp4Encoder",
    "SavedFile",
    "encoder_for",
    "write_safely",
]
