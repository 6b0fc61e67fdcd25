"""The pixels of an image file: upright, and with the tones that the file holds.

Pillow knows most files, but keeps 8 bits of each color. Where a file holds more, FFmpeg's decoders (PyAV) or
tifffile read it: imageio would give a TIFF to tifffile as well, and a PNG of 16 bits to Pillow.
"""

from __future__ import annotations

import logging
import math
import os
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from gmmviz.errors import InputError

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

Numbers = npt.NDArray[Any]

# Formats that hold pixels. Others hold programs, which Pillow gives to Ghostscript, whatever the file is called.
FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "AVIF", "JPEG2000", "GIF", "BMP", "PPM")
SILENT = logging.NullHandler()
# What files begin with.
STARTS = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF", b"BM")
HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1")
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
LARGEST = 200_000_000  # bytes of the pixels of a file: as many as those of the largest photos that phones take
MOST = 4_000_000  # pixels if each is to be a point: more than any film shows, and their film takes 0.8 GB

# Tags of TIFF and EXIF.
BITS_PER_SAMPLE, PHOTOMETRIC, ORIENTATION, TILE_WIDTH, TILE_LENGTH, DEPTH = 258, 262, 274, 322, 323, 32997
# Ways of compression in TIFF.
NONE, LZW, DEFLATE, PACKBITS = 1, 5, (8, 32946), 32773
# What turns and mirrors rows and columns, by EXIF's orientation.
UPRIGHT: dict[int, Callable[[Numbers], Numbers]] = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels[::-1].swapaxes(0, 1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: pixels[:, ::-1].swapaxes(0, 1),
}


class Pixels(NamedTuple):
    """The pixels of an image.

    Parameters
    ----------
    colors : ndarray, shape (height, width) or (height, width, 3)
        Gray, or red, green and blue, from 0 to 255.
    seen : ndarray of bool, shape (height, width)
        Which of them are neither transparent nor without a number.
    notes : list of str
        What was chosen in reading.
    """

    colors: Numbers
    seen: npt.NDArray[np.bool_]
    notes: list[str]


class Samples(NamedTuple):
    """The numbers that a file holds, before it is turned upright."""

    colors: Numbers  # (height, width) or (height, width, 3)
    opacity: Numbers | None = None  # (height, width), from 0 to any number; None if every pixel is opaque
    white: float | None = None  # None if it depends on the colors
    orientation: int = 1


def read_pixels(file: BinaryIO, path: Path, max_width: int | None = None) -> Pixels:
    """Read an image, and shrink it if it is too wide.

    Parameters
    ----------
    file : BinaryIO
        The file.
    path : Path
        Its name, for messages.
    max_width : int, optional
        The most pixels that a row may have.

    Returns
    -------
    Pixels

    Raises
    ------
    InputError
        If this is no image of a known format, is broken, or is too large.
    """
    notes: list[str] = []
    # There is no list of what the decoders raise and warn of, on bytes that were changed or cut off.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            samples = _samples(file, path, max_width, notes)
        except (InputError, MemoryError):
            raise
        except Exception:
            raise InputError(f"{path} is broken or cut off: its pixels cannot be read") from None
    turn = UPRIGHT[samples.orientation if samples.orientation in UPRIGHT else 1]
    colors, white = turn(samples.colors), samples.white
    opacity: Numbers = np.ones(colors.shape[:2], bool)
    if colors.dtype.kind == "f":
        opacity = np.isfinite(colors if colors.ndim == 2 else colors.sum(axis=2))
    if samples.opacity is not None:
        opacity = opacity * turn(samples.opacity)
    if max_width is not None and colors.shape[1] > max_width:
        colors, opacity = _shrunk(colors, opacity, max_width)
        _check_number(path, opacity.shape[::-1])
    seen = opacity > 0
    if not seen.any():
        raise InputError(f"{path} shows nothing: every pixel is transparent, or holds no number")
    if white is None:
        colors, note = _spread(colors, seen)
        notes += [f"{path}: {note}"] if note else []
    elif white != 255:
        colors = colors / (white / 255)
    return Pixels(colors, seen, notes)


def _samples(file: BinaryIO, path: Path, max_width: int | None, notes: list[str]) -> Samples:
    from PIL import Image, UnidentifiedImageError

    start = file.read(12)
    try:
        Image.init()
        image = Image.open(file, formats=[name for name in FORMATS if name in Image.OPEN])
    except Image.DecompressionBombError:
        raise InputError(f"{path} has hundreds of millions of pixels: make it smaller first") from None
    except UnidentifiedImageError:
        if start.startswith(TIFF_STARTS):  # of a kind that Pillow does not know
            return _of_tiff(file, path, max_width, notes)
        if start.startswith(STARTS):
            raise
        what = "a photo in a phone's own format (HEIC)" if start[4:12] in HEIC else "no image of pixels"
        raise InputError(f"{path} is {what}: save it as PNG, JPEG, TIFF or WebP") from None
    with image:
        _check_size(path, image.size, 4, max_width)
        if image.format != "MPO" and getattr(image, "is_animated", False):  # MPO is a photo with its preview
            notes.append(f"{path} holds several pictures: the first is taken")
        return _of_image(image, file, path, max_width, notes)


def _of_image(image: ImageFile, file: BinaryIO, path: Path, max_width: int | None, notes: list[str]) -> Samples:
    tags = image.tag_v2 if image.format == "TIFF" else {}  # type: ignore[attr-defined]
    bits = max(tags.get(BITS_PER_SAMPLE, (1,)))
    by_pillow = ("I;16", "I;16B") if tags.get(PHOTOMETRIC) == 0 else ("I;16", "I;16B", "F")
    if (bits > 8 and image.mode not in by_pillow) or tags.get(DEPTH, 1) > 1:
        return _of_tiff(file, path, max_width, notes, image)
    if tags.get(TILE_WIDTH, 0) * tags.get(TILE_LENGTH, 0) * 4 > LARGEST:
        raise ValueError("a tile is larger than any image")
    decoder = _deep_decoder(image)
    if decoder:
        _check_size(path, image.size, 8, max_width)
    if max_width is not None:
        image.draft(None, (max_width, max_width))  # JPEG's decoder can shrink by itself
    image.load()  # also if another decoder follows: this one notices what is broken
    orientation = _orientation(image)
    if decoder:
        return _sixteen_bits(decoder, file, orientation)
    if image.mode == "F":
        return Samples(np.asarray(image), None, None, orientation)
    if image.mode.startswith("I"):
        values, white = np.asarray(image), 4095.0 if bits == 12 else 65535.0
        return Samples(white - values if tags.get(PHOTOMETRIC) == 0 else values, None, white, orientation)
    if image.has_transparency_data:
        values = np.asarray(image.convert("RGBA"))
        return Samples(values[..., :3], values[..., 3], 255, orientation)
    return Samples(np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB")), None, 255, orientation)


def _deep_decoder(image: ImageFile) -> str | None:
    """FFmpeg's name for the decoder of a file of which Pillow would drop bits."""
    arguments = image.tile[0][3] if image.tile else None
    if image.format == "PNG" and str(arguments).endswith(";16B"):
        return "png"
    if image.format == "PPM" and image.mode == "RGB" and isinstance(arguments, tuple) and arguments[1] > 255:
        return "ppm"
    return None


def _sixteen_bits(decoder: str, file: BinaryIO, orientation: int) -> Samples:
    """Decode by FFmpeg; without its demuxers, which may follow a file's words to other files."""
    import av

    file.seek(0)
    codec: Any = av.CodecContext.create(decoder, "r")
    frame = [*codec.decode(av.Packet(file.read())), *codec.decode(None)][0]
    values = frame.reformat(format="rgba64le").to_ndarray()
    return Samples(values[..., :3], values[..., 3], 65535, orientation)


def _orientation(image: ImageFile) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # a photo whose EXIF is broken is a photo
        return 1


def _of_tiff(
    file: BinaryIO, path: Path, max_width: int | None, notes: list[str], image: ImageFile | None = None
) -> Samples:
    """Decode by tifffile, or by FFmpeg what is compressed in a way that tifffile does not know.

    `image` is the same in Pillow, if that opens it.
    """
    from tifffile import TiffFile

    logging.getLogger("tifffile").addHandler(SILENT)  # else it prints what it finds broken
    file.seek(0)
    with TiffFile(file) as tiff:
        page: Any = tiff.pages[0]
        n_pixels = page.imagewidth * page.imagelength
        n_colors = {"MINISWHITE": 1, "MINISBLACK": 1, "RGB": 3}.get(page.photometric.name, 0)
        n_samples = page.samplesperpixel
        if not n_colors or n_samples < n_colors or page.size != n_pixels * n_samples or not page.dtype:
            raise InputError(f"{path} is no flat image of gray, or of red, green and blue: save it as one")
        falling = page.photometric.name == "MINISWHITE"
        if falling and (page.dtype.kind != "u" or page.bitspersample not in (8, 16)):
            raise InputError(
                f"{path} holds gray that falls from white at 0, in numbers of a kind ({page.bitspersample}-bit "
                f"{page.dtype}) for which that is not read: save it with 0 as black"
            )
        _check_size(path, (page.imagewidth, page.imagelength), page.dtype.itemsize * n_samples, max_width)
        orientation = page.tags.valueof(ORIENTATION, 1)
        if image is None and len(tiff.pages) > 1:
            notes.append(f"{path} holds several pictures: the first is taken")
        if page.compression not in (NONE, *DEFLATE, PACKBITS) or page.predictor not in (1, 2):
            if page.compression != LZW or image is None or page.is_tiled or page.dtype != np.uint16:
                raise InputError(
                    f"{path} is compressed in a way ({page.compression.name}) that is not read for {page.dtype}: "
                    "save it uncompressed"
                )
            image.load()  # which notices what is broken
            return _sixteen_bits("tiff", file, orientation)
        _check_segments(file, page)
        values = page.asarray(maxworkers=1)
        values = np.moveaxis(values, 0, -1) if page.axes.startswith("S") else values
        values = values.reshape(page.imagelength, page.imagewidth, n_samples)
        alpha = next((n for n, kind in enumerate(page.extrasamples, n_colors) if kind in (1, 2)), None)
        if n_samples > n_colors + (alpha is not None):
            taken = "the first is" if n_colors == 1 else "the first three are"
            notes.append(f"{path} has {n_samples} channels: {taken} taken")
        white = 2.0**page.bitspersample - 1 if page.dtype.kind == "u" and page.bitspersample <= 16 else None
        colors = values[..., 0] if n_colors == 1 else values[..., :3]
        if falling:
            colors = white - colors
        return Samples(colors, None if alpha is None else values[..., alpha], white, orientation)


def _check_segments(file: BinaryIO, page: Any) -> None:
    """Refuse strips and tiles that are not there, or that tifffile would unpack to more than they can hold."""
    places = list(zip(page.dataoffsets, page.databytecounts, strict=True))
    n_bytes = math.prod(page.chunks) * page.dtype.itemsize
    if not places or n_bytes > LARGEST or sum(page.databytecounts) > file.seek(0, os.SEEK_END):
        raise ValueError("these cannot be all strips or tiles")
    for offset, count in places:
        file.seek(offset)
        data = file.read(count)
        if not data or len(data) < count:
            raise ValueError("a strip or tile is not there")
        most = 2 * n_bytes  # some programs fill up the last strip
        if page.compression in DEFLATE and len(zlib.decompressobj().decompress(data, most + 1)) > most:
            raise ValueError("a strip or tile is too long")


def _check_size(path: Path, size: tuple[int, int], n_bytes: int, max_width: int | None) -> None:
    """Refuse an image of so many bytes a pixel if it would take too much memory."""
    most = LARGEST // n_bytes
    if size[0] * size[1] > most:
        raise InputError(
            f"{path} has {size[0]:,} x {size[1]:,} pixels, and an image of its kind may have {most:,}: make it "
            "smaller first"
        )
    if max_width is None:
        _check_number(path, size)


def _check_number(path: Path, size: tuple[int, ...]) -> None:
    if size[0] * size[1] > MOST:
        raise InputError(
            f"{path} would give {size[0]:,} x {size[1]:,} points, and the limit is {MOST:,}: shrink it, with "
            "max_width = 640 or so"
        )


def _shrunk(colors: Numbers, opacity: Numbers, width: int) -> tuple[Numbers, Numbers]:
    """Give each pixel of a smaller image the mean of those that it stands for, by their opacity."""
    from PIL import Image

    size = width, max(1, round(colors.shape[0] * width / colors.shape[1]))

    def means(channel: Numbers) -> Numbers:
        return np.asarray(Image.fromarray(channel.astype(np.float32)).resize(size, Image.Resampling.BOX))

    weights = means(opacity)
    channels = [colors] if colors.ndim == 2 else np.moveaxis(colors, 2, 0)
    smaller = [means(np.where(opacity > 0, channel, 0).astype(np.float32) * opacity) for channel in channels]
    return np.stack(smaller, axis=2) / np.maximum(weights, 1e-9)[..., None], weights


def _spread(colors: Numbers, seen: npt.NDArray[np.bool_]) -> tuple[Numbers, str]:
    """Scale colors from 0 to 1, or else from the least to the greatest, to 0 to 255; and say so."""
    values = np.where(seen if colors.ndim == 2 else seen[..., None], colors.astype(np.float64), 0)
    low, high = colors[seen].min(), colors[seen].max()
    if colors.dtype.kind == "f" and 0 <= low <= high <= 1:
        return values * 255, ""
    # Halves, because the difference of the largest numbers is none.
    return (values / 2 - low / 2) / max(high / 2 - low / 2, 1e-300) * 255, (
        f"its values go from {low:g} to {high:g}, which become 0 and 255"
    )
