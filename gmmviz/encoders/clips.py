"""The steps of a video, each as a video of its own: packets are copied, so that nothing is encoded again."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import av
import numpy as np

from gmmviz.encoders.base import Film
from gmmviz.encoders.video import cut, frame_rate


def clips(movie: bytes, film: Film) -> list[bytes]:
    """Cut an MP4 of `gmmviz.encoders.Mp4Encoder` at its steps, each of which begins with a keyframe.

    Parameters
    ----------
    movie : bytes
    film : Film
        That the movie shows.

    Returns
    -------
    list of bytes
        An MP4 for each step; empty for a step too short to have a frame.
    """
    lasts = [step.last for step in film.steps]
    step_of = np.searchsorted(lasts, [slot.image for slot in cut(film, frame_rate(film))])
    with av.open(BytesIO(movie), "r", format="mp4") as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        return [_clip([packets[i] for i in np.flatnonzero(step_of == n)]) for n in range(len(lasts))]


def _clip(packets: Sequence[Any]) -> bytes:
    """A video of these packets, of which the first holds a whole picture."""
    if not packets:
        return b""
    begin, file = packets[0].pts, BytesIO()
    with av.open(file, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        copied = container.add_stream_from_template(packets[0].stream)
        for packet in packets:
            packet.pts, packet.dts, packet.stream = packet.pts - begin, packet.dts - begin, copied
            container.mux(packet)
    return file.getvalue()
