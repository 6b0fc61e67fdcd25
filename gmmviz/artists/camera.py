"""An orthographic camera, and a box of which it shows the floor and the room above it: where things are seen.

The world has x and y along the floor and z upward. Parallel projection keeps equal heights equal, near and
far, and makes the floor's picture an affine map of it, so that points and level lines on the floor are drawn
as in any plane.

Angles are as in matplotlib's own 3D axes: the azimuth is where the camera stands, in degrees from the x axis
toward the y axis; the elevation, how far above the floor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gmmviz.arrays import Array

SHAPES = (0.8, 1.0, 1.25, 1.55, 1.9)  # width of the floor by its depth, of which the one that fits best is taken
HEIGHTS = (0.4, 0.5, 0.62, 0.78, 1.0)  # height of the surface by the floor's mean side, likewise


@dataclass(frozen=True, slots=True)
class Camera:
    """A direction of view.

    Parameters
    ----------
    azimuth, elevation : float
        In degrees.
    """

    azimuth: float
    elevation: float

    @property
    def right(self) -> Array:
        """The picture's rightward direction along the floor, shape (2,)."""
        angle = np.radians(self.azimuth)
        return np.array([-np.sin(angle), np.cos(angle)])

    @property
    def away(self) -> Array:
        """The direction along the floor that leads away from the camera, shape (2,)."""
        angle = np.radians(self.azimuth)
        return np.array([-np.cos(angle), -np.sin(angle)])

    @property
    def foreshortening(self) -> float:
        """What a length along `away` measures on the picture."""
        return float(np.sin(np.radians(self.elevation)))

    @property
    def uprightness(self) -> float:
        """What a height measures on the picture."""
        return float(np.cos(np.radians(self.elevation)))

    def project(self, points: Array) -> Array:
        """Where points are seen.

        Parameters
        ----------
        points : ndarray, shape (..., 3)

        Returns
        -------
        ndarray, shape (..., 2)
            To the right and up from where the origin is seen.
        """
        floor, z = points[..., :2], points[..., 2]
        up = self.foreshortening * (floor @ self.away) + self.uprightness * z
        return np.stack([floor @ self.right, up], axis=-1)

    def nearness(self, points: Array) -> Array:
        """How near points are: of those seen at one place, the largest hides the others. Shape (...)."""
        floor, z = points[..., :2], points[..., 2]
        nearness: Array = self.foreshortening * z - self.uprightness * (floor @ self.away)
        return nearness


@dataclass(frozen=True, slots=True)
class Box:
    """A floor around the origin and a surface above it, as a camera shows them.

    Parameters
    ----------
    camera : Camera
    width, depth : float
        Sides of the floor along x and y, in pixels.
    lift, height : float
        How far the surface floats above the floor, and how high it rises from there, in pixels.
    origin : tuple of float
        Where the middle of the floor is seen, in pixels.
    """

    camera: Camera
    width: float
    depth: float
    lift: float
    height: float
    origin: tuple[float, float] = (0.0, 0.0)

    @property
    def sides(self) -> Array:
        """Width and depth, shape (2,)."""
        return np.array([self.width, self.depth])

    @property
    def turning(self) -> Array:
        """From the floor's x and y to the right and away from the camera, shape (2, 2)."""
        return np.stack([self.camera.right, self.camera.away])

    def floor(self, places: Array) -> Array:
        """Where places on the floor are seen: its corners are at -1/2 and 1/2. Shape (..., 2)."""
        scaled = places * self.sides
        return self.camera.project(np.concatenate([scaled, np.zeros_like(scaled[..., :1])], axis=-1)) + self.origin

    def surface(self, places: Array, heights: Array) -> Array:
        """Where the surface is seen that has these heights, 1 for the highest, over places on the floor."""
        z = self.lift + self.height * heights
        return self.camera.project(np.concatenate([places * self.sides, z[..., None]], axis=-1)) + self.origin

    def floor_matrix(self, limits: Array) -> Array:
        """The affine map from the features to the picture of the floor, shape (3, 3).

        Parameters
        ----------
        limits : ndarray, shape (2, 2)
            Lower and upper end of each feature.
        """
        spans = limits[:, 1] - limits[:, 0]
        rows = np.stack([self.camera.right, self.camera.foreshortening * self.camera.away]) * (self.sides / spans)
        matrix = np.eye(3)
        matrix[:2, :2] = rows
        matrix[:2, 2] = self.origin - rows @ limits.mean(axis=1)
        return matrix

    def scaled(self, factor: float) -> Box:
        """The same box, larger."""
        sizes = {name: factor * getattr(self, name) for name in ("width", "depth", "lift", "height")}
        return replace(self, **sizes)

    def zoomed(self, factor: float, corner: tuple[float, float]) -> Box:
        """The same box in a larger picture, whose lower left corner is this place of the present one."""
        x, y = (factor * (self.origin[d] - corner[d]) for d in (0, 1))
        return replace(self.scaled(factor), origin=(x, y))

    def seen_by(self, camera: Camera) -> Box:
        """The same box, seen by another camera."""
        return replace(self, camera=camera)

    def turned(self, azimuth: float) -> Box:
        """The same box from another side."""
        return replace(self, camera=replace(self.camera, azimuth=azimuth))


def shapes(cameras: list[Camera], lift: float) -> list[Box]:
    """Boxes of unit mean side to choose from, all of whose surfaces float equally high.

    Parameters
    ----------
    cameras : list of Camera
        The first decides how high the surface floats.
    lift : float
        How far the surface floats above the floor, by the floor's own height on the picture where that is
        largest. From 1 on it hides nothing of the floor.
    """
    boxes = []
    for shape in SHAPES:
        width, depth = shape**0.5, shape**-0.5
        seen = max(np.abs(camera.away) @ [width, depth] * camera.foreshortening for camera in cameras)
        for height in HEIGHTS:
            boxes.append(Box(cameras[0], width, depth, lift * seen / cameras[0].uprightness, height))
    return boxes


def largest(places: Array, extents: Array, room: tuple[float, float]) -> tuple[float, Array]:
    """The largest scale at which things fit, and where the origin must then be.

    Parameters
    ----------
    places : ndarray, shape (n, 2)
        Where things are seen, for scale 1 and the origin at 0; these grow with the scale.
    extents : ndarray, shape (n, 4)
        How far each reaches from there to the left, to the right, down and up, in pixels at any scale.
    room : tuple of float
        Width and height in pixels.

    Returns
    -------
    scale : float
        0 if nothing fits.
    origin : ndarray, shape (2,)
    """

    def ends(scale: float) -> tuple[Array, Array]:
        return (scale * places - extents[:, [0, 2]]).min(axis=0), (scale * places + extents[:, [1, 3]]).max(axis=0)

    low, high = 0.0, float(max(room)) / float(np.ptp(places, axis=0).min())
    for _ in range(30):
        middle = (low + high) / 2
        lower, upper = ends(middle)
        low, high = (middle, high) if (upper - lower <= room).all() else (low, middle)
    lower, upper = ends(low)
    return low, (np.array(room) - lower - upper) / 2
