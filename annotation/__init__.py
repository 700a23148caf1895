"""Everything about annotating: checking, converting, guidelines and the labelling configuration."""
