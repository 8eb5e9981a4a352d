"""The Responses API of OpenAI and xAI, and the chat completions that many servers took over."""
