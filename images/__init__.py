"""The project's images: one small build context each, built in the order of their FROM lines and cached by content."""
