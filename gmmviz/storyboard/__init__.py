"""What each frame of a film shows, worked out without drawing anything."""
