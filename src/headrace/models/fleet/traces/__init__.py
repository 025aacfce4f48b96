"""Requests: read from public traces and the user's own files, or made up.

read         a file into a Trace; what it may say beside its rows
csv_rows     Azure, BurstGPT, ServeGen, Vidur, and own columns
json_rows    Mooncake, Qwen-Bailian, multi-turn sessions, agentic Mooncake
clocks       stamps and their units, time zones, doubts, stamps that share a tick
synthetic    arrivals and lengths from laws that the user names
"""

from headrace.models.fleet.traces.read import read_trace

__all__ = ["read_trace"]
