"""Films: runs, panels and a pace become images, and images become files."""

import gmmviz.themes  # noqa: F401 - it loads matplotlib, whatever the environment says
