"""One picture per file: each takes a stored plan and returns plain values, the same for report, app
and notebook.
"""
