"""What each kind of mail says, by subject.

Discreet by default: no word here tells that the practice is one of
psychotherapy. Every text is English in the source and looked up in
`locales/<language>.po`.
"""
