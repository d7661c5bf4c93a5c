"""Every way in: command line and REST."""
