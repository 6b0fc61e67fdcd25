"""Films: runs, panels and a pace become images, and images become files."""
