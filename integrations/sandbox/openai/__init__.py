"""OpenAI's Responses API, answered by rules: the whole loop runs without a key and says the same thing every time."""
