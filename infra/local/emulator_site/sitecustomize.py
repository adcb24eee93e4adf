"""Loaded by the emulator's Python at start: its runtime API answers in two small writes, and Nagle's algorithm would hold
the second one back for 40 ms in every invocation of a function."""

import socketserver

socketserver.StreamRequestHandler.disable_nagle_algorithm = True
