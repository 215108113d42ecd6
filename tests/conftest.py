"""Plugins that the tests use, and a Ctrl-C that reaches them."""

import signal

pytest_plugins = ["pytester"]

# Started in the background, a process ignores Ctrl-C, and so does whatever it starts; several tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)
