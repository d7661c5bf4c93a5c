"""Who is asking: keys, sign-in, the proxy in front, the local mode."""
