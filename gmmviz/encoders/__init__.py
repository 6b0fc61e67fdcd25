"""Encoders: each writes one kind of file."""

from gmmviz.encoders.apng import ApngEncoder
from gmmviz.encoders.avif import AvifEncoder
from gmmviz.encoders.base import ENCODERS, Contents, Encoder, Film, Image, Shot, Step, encoder_for
from gmmviz.encoders.beamer import BeamerEncoder
from gmmviz.encoders.gif import GifEncoder
from gmmviz.encoders.html import HtmlEncoder
from gmmviz.encoders.mov import MovEncoder
from gmmviz.encoders.mp4 import Mp4Encoder
from gmmviz.encoders.plate import PlateEncoder
from gmmviz.encoders.pptx import PptxEncoder
from gmmviz.encoders.safely import SavedFile, write_safely
from gmmviz.encoders.stills import (
    PdfStepsEncoder,
    PosterEncoder,
    SheetEncoder,
    StepsEncoder,
    StepsPdfEncoder,
    SvgStepsEncoder,
)
from gmmviz.encoders.texts import TxtEncoder, VttEncoder
from gmmviz.encoders.webm import WebmEncoder
from gmmviz.encoders.webp import WebpEncoder

__all__ = [
    "ENCODERS",
    "ApngEncoder",
    "AvifEncoder",
    "BeamerEncoder",
    "Contents",
    "Encoder",
    "Film",
    "GifEncoder",
    "HtmlEncoder",
    "Image",
    "MovEncoder",
    "Mp4Encoder",
    "PdfStepsEncoder",
    "PlateEncoder",
    "PosterEncoder",
    "PptxEncoder",
    "SavedFile",
    "SheetEncoder",
    "Shot",
    "Step",
    "StepsEncoder",
    "StepsPdfEncoder",
    "SvgStepsEncoder",
    "TxtEncoder",
    "VttEncoder",
    "WebmEncoder",
    "WebpEncoder",
    "encoder_for",
    "write_safely",
]
