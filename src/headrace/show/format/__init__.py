"""Words, colours and markup, of which every view is made; no figure and no page is known here.

text.py             quantities, money, dates, names as people write them
order_sentences.py  orders in words, ranked
decision_words.py   all of them together, and the plans without any
cash_words.py       liquidity in words and as a table
progress.py         a step of a solution in words
json_text.py        results and errors as JSON
pdf.py              lines of text as a PDF
html.py             HTML and SVG, every text escaped
chart.py            a picture with its words and its table; CSV
origin.py           from a number to its figures and back
plot.py             lines, bars and axes of a figure
colours.py          one fixed colour per carrier and technology
series_picture.py  a series of one's own in a line of marks
downsample.py       hours by day, 6 hours, hour, small enough to send
"""
