"""Tell: what was planned, replayed, audited or settled, to a person and to a script.

    format/       words, colours, markup
    draw/         figures as SVG
    figures/      one picture a file
    reports/      pages that load nothing
    statements/   statements of a plan as tables, a page and a workbook
    cli/          the verbs of the terminal
    app/          run folders in a browser of this machine
    meaning.py    what a key, a catalogue row or a word of the report means
    comparison.py two plans beside each other
    editor_schema.py  the schema that editors complete a study by
    examples.py   the studies that come along
    run_names.py  where a new run goes
    static/       style and scripts of the pages

Each of format, draw, figures, reports, statements imports only those above it; cli and app import
them, never one another.
"""
