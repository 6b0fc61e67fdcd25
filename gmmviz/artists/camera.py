"""Where an orthographic camera sees a floor, and a surface in the room above it.

The world has x and y along the floor, and z upward. In a parallel projection equal heights look equal, near and
far, and the picture of the floor is an affine map of it. So points and level lines on the floor are drawn as in
any plane.

Angles are those of matplotlib's own 3D axes. The azimuth says where the camera stands, in degrees from the x
axis toward the y axis; the elevation says how far above the floor, in degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gmmviz.arrays import Array

SHAPES = (0.8, 1.0, 1.25, 1.55, 1.9, 2.4)  # width of the floor by its depth, of which the best fit is chosen
HEIGHTS = (0.4, 0.5, 0.62, 0.78, 1.0)  # height of the surface by the floor's mean side, chosen likewise


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
        """The direction along the floor that points to the right of the picture, shape (2,)."""
        angle = np.radians(self.azimuth)
        return np.array([-np.sin(angle), np.cos(angle)])

    @property
    def away(self) -> Array:
        """The direction along the floor that leads away from the camera, shape (2,)."""
        angle = np.radians(self.azimuth)
        return np.array([-np.cos(angle), -np.sin(angle)])

    @property
    def foreshortening(self) -> float:
        """How long a unit length along `away` looks on the picture."""
        return float(np.sin(np.radians(self.elevation)))

    @property
    def uprightness(self) -> float:
        """How long a unit height looks on the picture."""
        return float(np.cos(np.radians(self.elevation)))

    def project(self, points: Array) -> Array:
        """Return where points are seen.

        Parameters
        ----------
        points : ndarray, shape (..., 3)

        Returns
        -------
        ndarray, shape (..., 2)
            To the right of and above the place where the origin is seen.
        """
        floor, z = points[..., :2], points[..., 2]
        up = self.foreshortening * (floor @ self.away) + self.uprightness * z
        return np.stack([floor @ self.right, up], axis=-1)

    def nearness(self, points: Array) -> Array:
        """Return how near points are, shape (...): of points seen at one place, the nearest hides the others."""
        floor, z = points[..., :2], points[..., 2]
        nearness: Array = self.foreshortening * z - self.uprightness * (floor @ self.away)
        return nearness


@dataclass(frozen=True, slots=True)
class Box:
    """A floor around the origin and a surface above it, as a camera sees them.

    Parameters
    ----------
    camera : Camera
    width, depth : float
        Sides of the floor along x and along y, in pixels.
    lift, height : float
        How high the surface floats above the floor, and how high it rises from there, in pixels.
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
        """The matrix from x and y to the directions right and away from the camera, shape (2, 2)."""
        return np.stack([self.camera.right, self.camera.away])

    def floor(self, places: Array) -> Array:
        """Return where places on the floor are seen, shape (..., 2); its corners are at -1/2 and 1/2."""
        scaled = places * self.sides
        return self.camera.project(np.concatenate([scaled, np.zeros_like(scaled[..., :1])], axis=-1)) + self.origin

    def surface(self, places: Array, heights: Array) -> Array:
        """Return where a surface is seen that has these heights, from 0 to 1, over places on the floor."""
        z = self.lift + self.height * heights
        return self.camera.project(np.concatenate([places * self.sides, z[..., None]], axis=-1)) + self.origin

    def floor_matrix(self, limits: Array) -> Array:
        """Return the affine map from the features to the picture of the floor, shape (3, 3).

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
        """Return the box, larger by a factor."""
        sizes = {name: factor * getattr(self, name) for name in ("width", "depth", "lift", "height")}
        return replace(self, **sizes)

    def zoomed(self, factor: float, corner: tuple[float, float]) -> Box:
        """Return the box in a picture that is larger by a factor and begins at another lower left corner."""
        x, y = (factor * (self.origin[d] - corner[d]) for d in (0, 1))
        return replace(self.scaled(factor), origin=(x, y))

    def seen_by(self, camera: Camera) -> Box:
        """Return the box as another camera sees it."""
        return replace(self, camera=camera)

    def turned(self, azimuth: float) -> Box:
        """Return the box as seen from another azimuth."""
        return replace(self, camera=replace(self.camera, azimuth=azimuth))


def shapes(cameras: list[Camera], lift: float) -> list[Box]:
    """Return boxes to choose from, whose sides have the geometric mean 1 and whose surfaces float equally high.

    Parameters
    ----------
    cameras : list of Camera
        Directions that the film shows them from; the first decides how high the surface floats.
    lift : float
        How high the surface floats above the floor, in heights of the floor on the picture, where that is largest.
        From 1 on, the surface hides nothing of the floor.
    """
    boxes = []
    for shape in SHAPES:
        width, depth = shape**0.5, shape**-0.5
        seen = max(np.abs(camera.away) @ [width, depth] * camera.foreshortening for camera in cameras)
        for height in HEIGHTS:
            boxes.append(Box(cameras[0], width, depth, lift * seen / cameras[0].uprightness, height))
    return boxes


def largest(places: Array, extents: Array, room: tuple[float, float]) -> tuple[float, Array]:
    """Find the largest scale at which things fit into a room, and where the origin must then be.

    Parameters
    ----------
    places : ndarray, shape (n, 2)
        Where things are seen at scale 1 with the origin at 0; this grows with the scale.
    extents : ndarray, shape (n, 4)
        How far each thing reaches from its place to the left, to the right, down and up, in pixels at every scale.
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
