"""Small tests of behaviour: what a reader would never get wrong, asked in many ways. Failure rates, with examples."""
