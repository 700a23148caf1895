"""Training and evaluation: run from the repository's root, ``python -m training.train CONFIG.toml``."""
