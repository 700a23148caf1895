"""What a model has to beat: rules, a plain tagger, and what people agree on. Each is judged as a model is."""
