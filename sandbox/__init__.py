"""A FastPix on loopback: uploads, encoding, playback and webhooks are real. Imports nothing of the console."""
