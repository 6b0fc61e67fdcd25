"""gmmviz: films of the EM algorithm fitting Gaussian mixtures.

A film is made in one direction, and each folder of the package is a stage of that way::

    a scene file -> a film -> images -> files

1. `scene` reads a TOML file and checks it. `cli` is the command that does so.
2. `datasets` gives the points, `starts` the first `mixture`.
3. `fitting` runs EM (`engine`; `em` shows the same in twenty lines) and returns a `Trace`: every iteration.
4. `storyboard` says what each frame of the film shows: a moment of the run, in words and numbers.
5. `renderers` draw a frame's panels from `artists`, in the colors and sizes of a theme (`themes`).
6. `film` paints the frames one after the other, and `encoders` write them to files.

`explorable` turns off that way: from a run it makes a page on which the reader does what EM does.

Names are loaded when they are first used, so that ``import gmmviz`` and ``gmmviz --help`` cost nothing.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
