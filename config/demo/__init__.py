"""The demo town: a believable Thai municipality, drawn by numbers, free of personal data."""
