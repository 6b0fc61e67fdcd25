"""What renderers are made of: matplotlib Artists that are quick to paint many times."""

import gmmviz.themes  # noqa: F401 - it loads matplotlib, whatever the environment says
