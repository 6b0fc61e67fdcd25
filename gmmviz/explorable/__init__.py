"""The explorable: a page on which the reader makes EM's steps, drags components, and takes what was found home."""
