"""The quick EM behind `gmmviz.fit`: statistics of blocks of points, merged, and the record of a run."""
