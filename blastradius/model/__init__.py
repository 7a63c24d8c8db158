"""The vocabulary: frozen values without input or output, which everybody may import."""
