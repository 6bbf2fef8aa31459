"""One module per kind of mail: what causes it, whom it is to, when it is wanted, what it says.

Discreet by default: no word here tells that the practice is one of
psychotherapy. Every text is English in the source and looked up in
`templates/locales/<language>.po`.
"""
