"""Drafts and films of high quality."""

from gmmviz.encoders import GifEncoder, Mp4Encoder
from gmmviz.film.quality import in_quality


def test_quality_is_an_option_of_some_encoders():
    assert in_quality(Mp4Encoder(), "high") == Mp4Encoder(quality="high")
    assert in_quality(Mp4Encoder(quality="draft"), "standard") == Mp4Encoder(quality="draft")
    assert in_quality(GifEncoder(loop=2), "high") == GifEncoder(loop=2)


def test_own_size_and_rate_of_a_format_follow_the_quality_and_give_way_to_the_users():
    own = GifEncoder(size=(320, 180), fps=20)

    assert in_quality(own, "standard") == own
    assert in_quality(own, "draft") == GifEncoder(size=(160, 90), fps=12)
    assert in_quality(own, "high") == GifEncoder(size=(480, 270), fps=30)
    assert in_quality(own, "draft", size=(64, 36)) == GifEncoder(fps=12)
    assert in_quality(own, "standard", fps=5) == GifEncoder(size=(320, 180))
