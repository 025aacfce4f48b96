"""The app: the run folders of one machine in a browser of that machine.

    server.py     binds to 127.0.0.1, prints the address with its token, ends cleanly on Ctrl-C
    guard.py      what every request must pass, and what every answer carries: host, token, policy
    routes.py     the addresses
    shelf.py      run folders: listing, finding, reading; no name leads out of the runs folder
    solving.py    `headrace plan` as a child process: started, watched, stopped with the best so far
                  kept
    progress.py   events.jsonl as server-sent events, and what is being solved
    notes.py      the name and note that a reader gives a run
    run_pages.py  the list of runs, and two of them beside each other
    libraries.py  sliders over a library of plans: two points, what is proved there, the difference
    views.py      the pages around the plan; the plan itself is drawn by the very code of the report
    studytext.py  a study as text: checked with every problem at its line

Nothing is written but run folders; there is no database and no session. What reads is open to this
machine, what writes needs the token.
"""
