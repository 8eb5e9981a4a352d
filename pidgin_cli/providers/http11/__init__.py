"""HTTP/1.1 below httpx, on the direct way to a service: bodies are taken a block at a time."""
