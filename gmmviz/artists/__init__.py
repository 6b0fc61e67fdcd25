"""What renderers are made of: matplotlib Artists that are quick to paint many times."""
