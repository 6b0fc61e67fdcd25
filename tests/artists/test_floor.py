from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from numpy.testing import assert_allclose

import gmmviz as gv
from gmmviz.artists.camera import Box, Camera
from gmmviz.artists.floor import CORNERS, Floor, FloorTransform, _every_second, _Letters, _ticks
from gmmviz.themes import theme_named

LIMITS = np.array([[0.0, 100.0], [-5.0, 5.0]])
FLAT = CORNERS, np.zeros(4)
CAMERA = Camera(-60.0, 30.0)  # from large x and small y
THEME = theme_named("light")


def floor_in(
    size=(500, 400),
    dpi=72,
    cameras=(CAMERA,),
    surface=FLAT,
    lift=0.75,
    names=("x", "y"),
    box=False,
    theme=THEME,
    limits=LIMITS,
):
    figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=dpi)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.2, 0.8, 0.7))
    floor = Floor(limits, names, list(cameras), surface, lift, theme, box)
    axes.add_artist(floor)
    return floor


def reach(floor, box):
    """Lower left and upper right corner of the floor, the surface and all letters."""
    size = floor._letter_size
    ends = [*box.floor(CORNERS), *box.surface(*floor._surface)]
    for text, anchor, offset, _ in floor._letters(box):
        ends += [anchor + offset - size * text.half, anchor + offset + size * text.half]
    return np.min(ends, axis=0), np.max(ends, axis=0)


@pytest.mark.parametrize("azimuth", [-60.0, 20.0, 100.0, 190.0])
@pytest.mark.parametrize("size", [(500, 400), (300, 500)])
def test_picture_is_as_large_as_fits_and_in_the_middle(azimuth, size):
    floor = floor_in(size, cameras=[Camera(azimuth, 30.0)])
    low, high = reach(floor, floor.box)
    x, y, width, height = floor.axes.bbox.bounds
    free = np.array([width, height]) - (high - low)

    assert (free > -0.01).all()
    assert free.min() < 0.5
    assert_allclose(low - [x, y], free / 2, atol=0.01)


def test_features_are_mapped_to_where_the_floor_is_seen():
    floor = floor_in()
    corners = np.array([[0.0, -5.0], [100.0, -5.0], [100.0, 5.0], [0.0, 5.0]])

    assert_allclose(FloorTransform(floor, LIMITS).transform(corners), floor.shown.floor(CORNERS))


def test_map_follows_the_camera():
    floor = floor_in(cameras=[CAMERA, Camera(0.0, 30.0)])
    mapped = FloorTransform(floor, LIMITS)
    before = mapped.get_matrix()

    assert mapped.get_matrix() is before
    assert floor.turn(Camera(0.0, 30.0)) == floor.box
    assert_allclose(mapped.transform([[50.0, 5.0]]), [floor.shown.floor(np.array([0.0, 0.5]))])
    assert floor.box.camera.azimuth == 0


def test_pixels_grow_with_the_resolution():
    one, two = floor_in(), floor_in(dpi=144)

    assert_allclose(two.shown.floor(CORNERS), 2 * one.shown.floor(CORNERS), rtol=1e-6)
    assert_allclose(two.box.floor(CORNERS), one.box.floor(CORNERS), rtol=1e-6)
    assert one.shown is one.shown


@pytest.mark.parametrize(
    ("azimuth", "rims"),
    [(-60, (-0.5, 0.5)), (0, (0.5, 0.5)), (30, (0.5, 0.5)), (120, (0.5, -0.5)), (210, (-0.5, -0.5))],
)
def test_numbers_stand_along_the_two_near_sides(azimuth, rims):
    floor = floor_in(cameras=[Camera(float(azimuth), 30.0)])
    box = floor.box
    letters = list(floor._letters(box))
    n = len(floor._ticks[0][0])
    # The numbers of x, then its name; those of y, then its name.
    for at, (_, anchor, *_) in zip(floor._ticks[0][0], letters, strict=False):
        assert_allclose(anchor, box.floor(np.array([at, rims[0]])))
    assert_allclose(letters[n][1], box.floor(np.array([0.0, rims[0]])))
    for at, (_, anchor, *_) in zip(floor._ticks[1][0], letters[n + 1 :], strict=False):
        assert_allclose(anchor, box.floor(np.array([rims[1], at])))
    assert len(letters) == n + len(floor._ticks[1][0]) + 2


def test_numbers_stand_nine_pixels_away_from_the_floor_and_names_beyond_them():
    floor = floor_in(size=(1000, 800))
    box = floor.box
    n = len(floor._ticks[0][0])
    letters = list(floor._letters(box))
    edge = box.floor(np.array([1.0, 0.0])) - box.floor(np.zeros(2))
    outward = np.array([edge[1], -edge[0]]) / np.hypot(*edge)

    assert floor._letter_size == 1
    distances = [outward @ offset - np.abs(outward) @ text.half for text, _, offset, _ in letters[: n + 1]]
    assert_allclose(distances[:n], 9)
    widest = max(9 + 2 * np.abs(outward) @ text.half for text, *_ in letters[:n])
    assert_allclose(distances[n], widest + 9)


@pytest.mark.parametrize(
    ("low", "high", "most", "places", "texts"),
    [
        (0.0, 100.0, 5, [-0.3, -0.1, 0.1, 0.3], ["20", "40", "60", "80"]),
        (0.0, 100.0, 2, [0.0], ["50"]),
        (-0.25, 0.75, 5, [-0.45, -0.25, -0.05, 0.15, 0.35], ["−0.2", "0.0", "0.2", "0.4", "0.6"]),
        (2.0, 12.0, 5, [-0.3, -0.1, 0.1, 0.3], ["4", "6", "8", "10"]),
        (10_000.0, 10_004.0, 4, [-0.25, 0, 0.25], ["10001", "10002", "10003"]),  # whole, not counted from 10,000
        (1_000_000.0, 1_000_004.0, 4, [-0.25, 0, 0.25], ["1000001", "1000002", "1000003"]),
        (-2e-5, 2e-5, 4, [-0.25, 0, 0.25], ["−1e−05", "0", "1e−05"]),
        (1e9, 5e9, 4, [-0.25, 0, 0.25], ["2000000000", "3000000000", "4000000000"]),
    ],
)
def test_ticks_are_round_numbers_away_from_the_corners(low, high, most, places, texts):
    found, written = _ticks(low, high, most)

    assert_allclose(found, places, atol=1e-12)
    assert written == texts


def test_scale_halves_the_highest_density_until_numbers_would_touch():
    large, small = floor_in(size=(1000, 800), box=True), floor_in(box=True)

    assert [(height, written(text)) for height, text in large._scale] == [
        (1.0, "1"),
        (0.5, "1/2"),
        (0.25, "1/4"),
        (0.125, "1/8"),
        (0.0625, "1/16"),
        (0.0, "0"),
    ]
    for floor in (large, small):
        heights = np.array([height for height, _ in floor._heights(floor.box)])
        rise = floor.box.camera.uprightness * floor.box.height
        line = 2 * floor._letter_size * max(text.half[1] for _, text in floor._scale)
        assert (-np.diff(heights) * rise >= 1.3 * line).all()
        assert (heights[0], heights[-1]) == (1, 0)
    assert len(small._heights(small.box)) < len(large._heights(large.box)) < 6


def written(text):
    """What a text of the scale says: the one whose outline it has."""
    said = ("1", "1/2", "1/4", "1/8", "1/16", "0")
    sizes = {word: TextPath((0, 0), word, size=21, prop=THEME.font()) for word in said}
    return next(
        word
        for word, path in sizes.items()
        if path.vertices.shape == text.path.vertices.shape
        and np.allclose(path.vertices - path.vertices[0], text.path.vertices - text.path.vertices[0])
    )


def test_letters_of_a_turning_camera_go_at_one_side_before_they_come_at_the_other_and_never_jump():
    azimuths = np.arange(0.0, 360.0, 0.5)
    floor = floor_in(cameras=[Camera(azimuth, 30.0) for azimuth in azimuths[::20]], box=True)
    before, seen = None, []
    for azimuth in [*azimuths, 0.0]:
        box = floor.turn(Camera(azimuth, 30.0))
        shown: dict = {}
        for text, anchor, _, opacity in floor._letters(box):
            place = box.floor_matrix(LIMITS)[:2, :2]  # the place on the floor or a corner's post, as it turns
            key = (
                id(text),
                tuple(np.round(np.linalg.solve(place, anchor - box.origin), 3)) if text in floor._names else None,
            )
            shown[key] = shown.get(key, 0) + opacity
        for name in floor._names:
            opacities = [o for (text, _), o in shown.items() if text == id(name)]
            assert len(opacities) <= 1
            seen.append(sum(opacities))
        names = {key: o for key, o in shown.items() if key[1] is not None}
        if before is not None:
            for key in names.keys() | before.keys():
                assert abs(names.get(key, 0) - before.get(key, 0)) < 0.12
        before = names
    assert max(seen) == 1
    assert np.mean(np.array(seen) > 0.9) > 0.8


def test_walls_appear_and_vanish_gradually_under_a_turning_camera():
    floor = floor_in(cameras=[Camera(azimuth, 30.0) for azimuth in range(0, 360, 15)], box=True)
    opacities = []
    for azimuth in np.arange(0.0, 360.0, 0.5):
        floor.turn(Camera(azimuth, 30.0))
        walls = [opacity for edge, opacity in floor._box(floor.shown) if len(edge) == 4]
        assert 1 <= len(walls) <= 2
        assert max(walls) == 1
        opacities.append(sum(walls))

    assert np.abs(np.diff(opacities)).max() < 0.12
    assert min(opacities) < 1.1


class Recorder(RendererAgg):
    """Notes what is painted."""

    def __init__(self, width, height):
        super().__init__(width, height, 72)
        self.paths = []

    def draw_path(self, gc, path, transform, face=None):
        self.paths.append((path.transformed(transform).vertices, gc.get_linewidth(), gc.get_rgb(), face))
        super().draw_path(gc, path, transform, face)


def test_floor_is_painted_as_plane_grid_edge_and_letters():
    floor = floor_in()
    renderer = Recorder(500, 400)
    floor.draw(renderer)
    (plane, *_), *lines = renderer.paths
    letters = [path for path in lines if path[1] == 0]
    strokes = [path for path in lines if path[1] > 0]
    n_ticks = [len(places) for places, _ in floor._ticks]

    assert_allclose(plane, floor.shown.floor(CORNERS[[0, 1, 2, 3, 0]]))
    assert renderer.paths[0][3] == (*to_rgb(THEME.panel), 0.45)
    assert len(letters) == sum(n_ticks) + 2
    assert len(strokes) == sum(n_ticks) + 1
    assert {width for _, width, _, _ in strokes} == {1.4}
    assert [round(color[3], 2) for _, _, color, _ in strokes] == [0.22] * sum(n_ticks) + [0.55]
    at = floor._ticks[0][0][0]
    assert_allclose(strokes[0][0], floor.shown.floor(np.array([[at, -0.5], [at, 0.5]])))
    for (vertices, _, _, face), (text, anchor, offset, _) in zip(letters, floor._letters(floor.box), strict=True):
        middle = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
        assert_allclose(middle, anchor + offset, atol=1)
        assert face[:3] == to_rgb(text.color)


def test_invisible_floor_paints_nothing():
    floor, renderer = floor_in(), Recorder(500, 400)
    floor.set_visible(False)
    floor.draw(renderer)

    assert renderer.paths == []


def test_box_has_two_walls_and_a_tick_per_number():
    floor = floor_in(box=True)
    box = floor.box
    edges = list(floor._box(box))
    # Seen from large x and small y, the near corner is (1/2, -1/2) and the far one (-1/2, 1/2).
    left, far, right = np.array([-0.5, -0.5]), np.array([-0.5, 0.5]), np.array([0.5, 0.5])
    heights = [height for height, _ in floor._heights(box)]

    assert len(edges) == 2 * 2 + len(heights)
    assert {opacity for _, opacity in edges} == {1}
    for (wall, _), (base, _), ends in zip(edges[:4:2], edges[1:4:2], ((left, far), (far, right)), strict=True):
        ends = np.array(ends)
        assert_allclose(wall, [box.floor(ends[0]), *box.surface(ends, np.ones(2)), box.floor(ends[1])])
        assert_allclose(base, box.surface(ends, np.zeros(2)))
    for (edge, _), height in zip(edges[4:], heights, strict=True):
        (at,) = box.surface(left[None], np.array([height]))
        assert_allclose(edge, [at, at - [7, 0]])
    scale = list(floor._letters(box))[-len(heights) :]
    for (text, anchor, offset, opacity), height in zip(scale, heights, strict=True):
        assert_allclose(anchor, box.surface(left[None], np.array([height]))[0])
        assert_allclose(offset, [-9 * floor._letter_size - text.half[0] * floor._letter_size, 0])
        assert opacity == 1


def test_surface_that_stands_on_the_floor_has_no_second_line_around_it():
    floor = floor_in(box=True, lift=0)

    assert len(list(floor._box(floor.box))) == 2 + len(floor._heights(floor.box))


def test_roof_of_the_box_has_room_too():
    low, high = floor_in(), floor_in(box=True)

    assert high.box.width < low.box.width
    roof = high.box.surface(CORNERS, np.ones(4))
    assert (roof <= high.axes.bbox.max + 0.01).all()


def test_surface_floats_by_the_lift_in_heights_of_the_floor():
    box = floor_in(lift=1.0).box
    height = np.ptp(box.floor(CORNERS)[:, 1])

    assert_allclose(box.lift * box.camera.uprightness, height)
    box = floor_in(lift=0.5).box
    assert_allclose(box.lift * box.camera.uprightness, 0.5 * np.ptp(box.floor(CORNERS)[:, 1]))


def test_letters_become_smaller_and_names_shorter_where_room_is_short():
    wide = floor_in(names=("length (mm)", "width (mm)"), size=(1000, 800))
    narrow = floor_in(names=("quite a long name (mm)", "another long name (mm)"), size=(230, 260))
    assert wide.box.width > narrow.box.width

    assert wide._letter_size == 1
    assert narrow._letter_size < 1
    assert wide._names is wide._wordings[0]


def test_floor_for_which_there_is_no_room_at_all_is_refused():
    with pytest.raises(gv.InputError, match=r"^a surface has too little room in [01]x[01] pixels"):
        floor_in(size=(1, 1)).box  # noqa: B018


def test_floor_without_room_is_refused():
    with pytest.raises(gv.InputError) as caught:
        floor_in(size=(30, 30)).box  # noqa: B018

    assert str(caught.value) == (
        "a surface has too little room in 24x21 pixels: make the picture larger, or its panel"
    )
    assert caught.value.place == ("size",)


def test_floor_among_many_panels_has_fewer_numbers():
    alone, crowded = floor_in(), floor_in(theme=THEME.crowded(4))

    assert [len(places) for places, _ in alone._ticks] == [4, 5]
    assert [len(places) for places, _ in crowded._ticks] == [1, 1]
    # 50 alone of 60, not 20 and 40.
    crowded = floor_in(theme=THEME.crowded(4), limits=np.array([[0.0, 60.0], [0.0, 60.0]]))
    assert_allclose([places for places, _ in crowded._ticks], [[50 / 60 - 0.5]] * 2)


def test_surface_is_steeper_where_the_room_is_high():
    hill = np.zeros((1, 2)), np.ones(1)
    high, wide = (floor_in(size, surface=hill).box for size in ((350, 900), (900, 350)))

    assert high.height / (high.width * high.depth) ** 0.5 == pytest.approx(1.0)
    assert wide.height / (wide.width * wide.depth) ** 0.5 < 0.7


def test_box_is_painted_with_its_edges_and_scale():
    floor, bare, renderer, without = floor_in(box=True), floor_in(), Recorder(500, 400), Recorder(500, 400)
    floor.draw(renderer)
    bare.draw(without)
    edges = [edge for edge, _ in floor._box(floor.shown)]
    strokes = [vertices for vertices, width, _, _ in renderer.paths if width > 0]

    n_ticks = [sum(len(places) for places, _ in each._ticks) for each in (floor, bare)]
    n_bare = len([path for path in without.paths if path[1] > 0])
    assert len(strokes) - n_ticks[0] == n_bare - n_ticks[1] + len(edges)
    for stroke, edge in zip(strokes[-len(edges) :], edges, strict=True):
        assert_allclose(stroke, edge)


def test_floor_may_be_as_small_as_24_pixels_but_not_smaller(monkeypatch):
    box = floor_in().box
    monkeypatch.setattr("gmmviz.artists.floor.SMALLEST", min(box.width, box.depth))

    assert floor_in().box == box
    monkeypatch.setattr("gmmviz.artists.floor.SMALLEST", np.nextafter(min(box.width, box.depth), np.inf))
    with pytest.raises(gv.InputError, match="too little room in 400x280 pixels"):
        floor_in().box  # noqa: B018


@pytest.mark.parametrize(
    ("apart", "letter_size", "meet"),
    [
        # Half as wide as 30 + 40, and half as high as 5 + 6; less than 20 pixels between them is too little.
        ((89.9, 0), 1.0, True),
        ((-89.9, 0), 1.0, True),
        ((90.1, 0), 1.0, False),
        ((0, 10.9), 1.0, True),
        ((0, -10.9), 1.0, True),
        ((0, 11), 1.0, False),
        ((54.9, 5.4), 0.5, True),
        ((55.1, 5.4), 0.5, False),
        ((54.9, 5.6), 0.5, False),
    ],
)
def test_names_meet_where_they_overlap_or_nearly_do(monkeypatch, apart, letter_size, meet):
    floor = floor_in()
    one, number, other = (SimpleNamespace(half=np.array(half)) for half in ((30, 5), (99, 99), (40, 6)))
    floor._letter_size = letter_size
    letters = [_Letters(one, np.array([100, 50]), np.array([7, 3]), 1), _Letters(number, *np.zeros((2, 2)), 1)]
    letters.append(_Letters(other, np.array([7, 3]) + apart, np.array([100, 50]), 1))
    monkeypatch.setattr(floor, "_letters", lambda box: letters)

    floor._names = [one, other]
    assert floor._names_meet(None) is meet
    floor._names = []
    assert floor._names_meet(None) is False


def test_first_wording_and_size_that_leave_room_are_taken():
    names = ("length of the wing (mm)", "width of the wing (mm)")
    taken = {}
    for size in ((500, 400), (300, 250), (230, 260), (150, 260)):
        floor = floor_in(size, names=names)
        box = floor.box
        wording = next(i for i in range(3) if floor._names is floor._wordings[i])
        taken[size] = wording, floor._letter_size
        sizes = [(i, letter_size) for i in range(3) for letter_size in (1.0, 0.85, 0.72, 0.61, 0.52, 0.44)]
        for i, letter_size in sizes[: sizes.index(taken[size]) + 1]:
            floor._names, floor._letter_size = floor._wordings[i], letter_size
            tried, share = floor._largest(tuple(floor.axes.bbox.size))
            fits = share >= 0.45 and not floor._names_meet(tried)
            assert fits == ((i, letter_size) == taken[size])
        assert_allclose(tried.width, box.width, rtol=1e-6)

    assert taken == {(500, 400): (0, 0.72), (300, 250): (0, 0.44), (230, 260): (1, 0.44), (150, 260): (2, 1.0)}


@pytest.mark.parametrize(("height", "chosen"), [(0.9, 0), (1.1, 1)])
@pytest.mark.parametrize("turned", [1, -1])
def test_shape_is_chosen_by_the_room_that_it_fills_at_any_scale(monkeypatch, height, chosen, turned):
    # The second is the first at twice the scale, but for its height, which takes no room on a flat surface.
    boxes = [Box(CAMERA, 1.0, 1.0, 0.2, 0.5), Box(CAMERA, 2.0, 2.0, 0.4, height)]
    monkeypatch.setattr("gmmviz.artists.floor.shapes", lambda cameras, lift: boxes[::turned])
    box, share = floor_in()._largest((400.0, 280.0))

    assert box.height / box.width == pytest.approx([0.5, height / 2][chosen])
    assert 0.45 < share < 1


def test_letters_of_the_floor_have_the_sizes_and_inks_of_texts():
    floor = floor_in(names=("Hb", "yo"), box=True)
    written = [floor._names[0], floor._numbers[0][0], floor._scale[1][1]]
    expected = [("Hb", 23), ("20", 21), ("1/2", 21)]

    for text, (letters, size) in zip(written, expected, strict=True):
        box = TextPath((0, 0), letters, size=size, prop=THEME.font()).get_extents()
        assert_allclose(text.half, [box.width / 2, box.height / 2])
        assert_allclose(text.path.get_extents().extents, [*-text.half, *text.half], atol=1e-9)
    assert [text.color for text in written] == [THEME.text, THEME.muted, THEME.muted]


@pytest.mark.parametrize("azimuth", [-62.0, -80.0, -15.0])
def test_numbers_that_would_touch_become_fewer(azimuth):
    floor = floor_in((220, 200), cameras=[Camera(azimuth, 15.0)], limits=np.array([[-6.0, 8.5], [-4.0, 9.0]]))
    box = floor.box
    own = [{id(text) for text in numbers} for numbers in floor._numbers]
    for d in (0, 1):
        ends = [
            (anchor + offset - floor._letter_size * text.half, anchor + offset + floor._letter_size * text.half)
            for text, anchor, offset, _ in floor._letters(box)
            if id(text) in own[d]
        ]
        assert len(ends) >= 1
        for i, (low, high) in enumerate(ends):
            assert not any((low < upper).all() and (lower < high).all() for lower, upper in ends[:i])
    assert min(map(len, floor._numbers)) < 5


@pytest.mark.parametrize(
    ("low", "high", "kept"),
    [
        (0.0, 100.0, ["40", "80"]),
        (-5.0, 5.0, ["−4", "0", "4"]),
        (-6.0, 8.5, ["0"]),
        (29.0, 71.0, ["40", "60"]),
    ],
)
def test_of_numbers_the_rounder_half_remains(low, high, kept):
    assert _every_second(*_ticks(low, high, 5), low, high)[1] == kept


@pytest.mark.parametrize("height", [720, 480, 360, 300])
def test_no_letter_of_the_floor_is_smaller_than_can_be_read(height):
    names = ("quite a long name (mm)", "another long name (mm)")
    theme = THEME.scaled((3 * height, height))
    floor = floor_in(names=names, size=(150 * height / 720, 260 * height / 720), theme=theme, box=True)
    letters = list(floor._letters(floor.box))

    assert letters
    assert theme.px(21) * floor._letter_size >= 8


def test_floor_of_a_picture_too_small_for_letters_has_none():
    floor = floor_in(size=(200, 150), theme=THEME.scaled((320, 180), enlarged=False), box=True)

    assert list(floor._letters(floor.box)) == []
    assert floor.box.width > 60
