"""The same film as most people make it today: matplotlib's FuncAnimation and its own writers.

Usage: python funcanimation.py {2d,25d,3d} {gif,mp4} OUT
900 points, K = 3, 40 iterations, one frame each, 800 x 450. Prints milliseconds per frame and the file's size.
It stands as the baseline of the benchmarks: same data, same size, same things drawn.
For mp4 it needs an ffmpeg program: the one on PATH, or else the one that imageio-ffmpeg brings.
"""

import os
import shutil
import sys
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter
from matplotlib.patches import Ellipse
from scipy.stats import multivariate_normal

N_COMPONENTS, N_FRAMES = 3, 40
CLOUDS = (
    ((0, 0), ((1, 0.5), (0.5, 1))),
    ((4, 4), ((1, -0.6), (-0.6, 1))),
    ((-3, 4), ((0.5, 0), (0, 1.5))),
)


def run(rng):
    points = np.concatenate([rng.multivariate_normal(m, c, 300) for m, c in CLOUDS])
    weights = np.full(N_COMPONENTS, 1 / N_COMPONENTS)
    means = points[rng.choice(len(points), N_COMPONENTS)]
    covariances = np.array([np.eye(2)] * N_COMPONENTS)
    steps = []
    for _ in range(N_FRAMES):
        density = np.stack(
            [weights[k] * multivariate_normal(means[k], covariances[k]).pdf(points) for k in range(N_COMPONENTS)],
            1,
        )
        resp = density / density.sum(1, keepdims=True)
        steps.append((weights, means, covariances, resp))
        counts = resp.sum(0)
        weights, means = counts / len(points), resp.T @ points / counts[:, None]
        covariances = np.array(
            [
                ((points - means[k]) * resp[:, k : k + 1]).T @ (points - means[k]) / counts[k] + 1e-6 * np.eye(2)
                for k in range(N_COMPONENTS)
            ]
        )
    return points, steps


def main(mode, suffix, out):
    points, steps = run(np.random.default_rng(0))
    gx, gy = np.meshgrid(np.linspace(-7, 8, 100), np.linspace(-4, 8, 100))
    grid = np.stack([gx, gy], -1)
    fig = plt.figure(figsize=(8, 4.5), dpi=100)
    ax = fig.add_subplot(projection="3d" if mode == "3d" else None)

    def update(i):
        weights, means, covariances, resp = steps[i]
        ax.clear()
        if mode == "2d":
            ax.scatter(*points.T, c=resp, s=8)
            for k in range(N_COMPONENTS):
                values, vectors = np.linalg.eigh(covariances[k])
                angle = np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))
                for q in (1, 2, 3):
                    ax.add_patch(
                        Ellipse(
                            means[k],
                            2 * q * values[1] ** 0.5,
                            2 * q * values[0] ** 0.5,
                            angle=angle,
                            fill=False,
                        )
                    )
        else:
            z = sum(
                weights[k] * multivariate_normal(means[k], covariances[k]).pdf(grid) for k in range(N_COMPONENTS)
            )
            if mode == "25d":
                ax.contourf(gx, gy, z, levels=20, cmap="viridis")
                ax.scatter(*points.T, s=4, c="w")
            else:
                ax.plot_surface(gx, gy, z, cmap="viridis", rcount=100, ccount=100)
        ax.set_title(f"iteration {i}")

    if suffix == "mp4" and not shutil.which("ffmpeg"):
        import imageio_ffmpeg

        plt.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
    film = FuncAnimation(fig, update, frames=N_FRAMES)
    began = time.perf_counter()
    film.save(out, writer=PillowWriter(fps=20) if suffix == "gif" else FFMpegWriter(fps=20))
    took = time.perf_counter() - began
    print(f"{mode} {suffix}: {1000 * took / N_FRAMES:.1f} ms/frame, {os.path.getsize(out) / 1024:.0f} KiB")


if __name__ == "__main__":
    main(*sys.argv[1:4])
