"""What claims refer to: parties, sources, places and days, resolved against gazetteers and the article itself."""
