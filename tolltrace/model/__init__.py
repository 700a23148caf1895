"""Text to spans and links: windows, encoding, the network, decoding."""
