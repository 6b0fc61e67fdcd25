from math import cos, radians, sin

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmmviz.artists.camera import Box, Camera, largest, shapes

ANGLES = [(0.0, 30.0), (-62.0, 32.0), (90.0, 10.0), (135.0, 75.0), (200.0, 45.0)]


@pytest.mark.parametrize(
    ("azimuth", "point", "seen"),
    [
        (0, (0, 1, 0), (1, 0)),  # from the x axis, y leads to the right
        (0, (1, 0, 0), (0, -sin(radians(30)))),  # and x toward the camera, down on the picture
        (-90, (1, 0, 0), (1, 0)),
        (-90, (0, 1, 0), (0, sin(radians(30)))),
        (123, (0, 0, 1), (0, cos(radians(30)))),
        (45, (1, 1, 0), (0, -sin(radians(30)) * 2**0.5)),
    ],
)
def test_points_are_seen_where_trigonometry_says(azimuth, point, seen):
    assert_allclose(Camera(azimuth, 30).project(np.array(point, float)), seen, atol=1e-15)


@pytest.mark.parametrize(("azimuth", "elevation"), ANGLES)
def test_picture_and_nearness_are_a_rotation(azimuth, elevation):
    camera = Camera(azimuth, elevation)
    turned = np.column_stack([camera.project(np.eye(3)), camera.nearness(np.eye(3))])

    assert_allclose(turned @ turned.T, np.eye(3), atol=1e-15)
    toward = [cos(radians(elevation)) * np.cos(radians(azimuth)), cos(radians(elevation)) * sin(radians(azimuth))]
    assert_allclose(turned[:, 2], [*toward, sin(radians(elevation))], atol=1e-15)


@pytest.mark.parametrize(("azimuth", "elevation"), ANGLES)
def test_affine_map_of_the_floor_is_the_projection(azimuth, elevation):
    limits = np.array([[-3.0, 5.0], [40.0, 100.0]])
    box = Box(Camera(azimuth, elevation), 300.0, 200.0, 50.0, 80.0, (400.0, 250.0))
    points = np.array([[-3.0, 40.0], [5.0, 100.0], [1.0, 70.0], [2.2, 51.0]])
    places = (points - limits.mean(axis=1)) / np.diff(limits, axis=1)[:, 0]

    mapped = np.column_stack([points, np.ones(4)]) @ box.floor_matrix(limits).T

    assert_allclose(mapped[:, :2], box.floor(places))
    assert_allclose(box.floor(np.zeros(2)), [400, 250])


@pytest.mark.parametrize("azimuth", [0.0, 37.0, -150.0])
def test_equal_heights_look_equal_near_and_far(azimuth):
    box = Box(Camera(azimuth, 32), 300.0, 200.0, 50.0, 80.0)
    places = np.random.default_rng(0).uniform(-0.5, 0.5, (20, 2))

    rise = box.surface(places, np.full(20, 0.5)) - box.floor(places)

    assert_allclose(rise, np.tile([0, cos(radians(32)) * (50 + 0.5 * 80)], (20, 1)), atol=1e-12)


@pytest.mark.parametrize("azimuth", np.arange(0.0, 360, 35))
def test_surface_that_floats_by_the_floors_height_hides_nothing_of_it(azimuth):
    camera = Camera(azimuth, 32)
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])

    for box in shapes([camera], 1.0):
        assert box.surface(corners, np.zeros(4))[:, 1].min() >= box.floor(corners)[:, 1].max() - 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_largest_scale_fits_and_nothing_larger_does(seed):
    rng = np.random.default_rng(seed)
    places, extents = rng.normal(size=(30, 2)), rng.uniform(0, 30, (30, 4))
    room = np.array([500.0, 300.0])

    scale, origin = largest(places, extents, (500.0, 300.0))

    def ends(scale):
        seen = scale * places + origin
        return (seen - extents[:, [0, 2]]).min(axis=0), (seen + extents[:, [1, 3]]).max(axis=0)

    low, high = ends(scale)
    assert (low >= -1e-6).all()
    assert (high <= room + 1e-6).all()
    low, high = ends(1.001 * scale)
    assert (high - low > room).any()


def test_zoomed_box_is_the_same_picture_enlarged():
    box = Box(Camera(20, 32), 300.0, 200.0, 50.0, 80.0, (400.0, 250.0))
    place, height = np.array([[0.2, -0.4]]), np.array([0.7])

    zoomed = box.zoomed(3, (100.0, 60.0)).surface(place, height)

    assert_allclose(zoomed, 3 * (box.surface(place, height) - [100, 60]))


def test_largest_scale_of_two_corners_is_the_rooms_shorter_side():
    corners = np.array([[0.0, 0.0], [1.0, 1.0]])
    scale, origin = largest(corners, np.zeros((2, 4)), (100.0, 50.0))

    assert scale == pytest.approx(50)
    assert_allclose(origin, [25, 0], atol=1e-5)  # in the middle of what is left


def test_what_things_reach_takes_its_room_at_every_scale():
    corners = np.array([[0.0, 0.0], [1.0, 1.0]])
    # 10 to the left and 4 below the one, 2 to the right and 6 above the other.
    scale, origin = largest(corners, np.array([[10.0, 0, 4, 0], [0, 2, 0, 6]]), (100.0, 50.0))

    assert scale == pytest.approx(40)
    assert_allclose(origin, [34, 4], atol=1e-5)  # 24 are left on each side of the 52 that are taken


def test_nothing_fits_where_the_extents_are_wider_than_the_room():
    assert largest(np.array([[0.0, 0.0], [1.0, 1.0]]), np.full((2, 4), 60.0), (100.0, 50.0))[0] == 0


def test_boxes_to_choose_from_have_equal_floors_of_every_shape():
    camera = Camera(0.0, 30.0)  # in front of the floor, whose depth is along y
    boxes = shapes([camera], 0.75)

    assert len(boxes) == 30
    assert sorted({round(box.width / box.depth, 9) for box in boxes}) == [0.8, 1.0, 1.25, 1.55, 1.9, 2.4]
    assert sorted({box.height for box in boxes}) == [0.4, 0.5, 0.62, 0.78, 1.0]
    for box in boxes:
        assert box.width * box.depth == pytest.approx(1)
        # The camera looks along x: the floor looks half as high as it is wide, at 30 degrees.
        assert box.lift == pytest.approx(0.75 * box.width * 0.5 / cos(radians(30)))


def test_lift_is_by_the_largest_height_that_any_camera_sees():
    along, across = Camera(0.0, 30.0), Camera(90.0, 30.0)
    for box in shapes([along, across], 1.0):
        assert box.lift == pytest.approx(max(box.width, box.depth) * 0.5 / cos(radians(30)))


def test_scaled_box_is_larger_and_stays_where_it_is():
    box = Box(Camera(20, 32), 300.0, 200.0, 50.0, 80.0, (400.0, 250.0))

    assert box.scaled(2) == Box(Camera(20, 32), 600.0, 400.0, 100.0, 160.0, (400.0, 250.0))
    assert box.seen_by(Camera(1, 2)) == Box(Camera(1, 2), 300.0, 200.0, 50.0, 80.0, (400.0, 250.0))
    assert box.turned(5) == Box(Camera(5, 32), 300.0, 200.0, 50.0, 80.0, (400.0, 250.0))
