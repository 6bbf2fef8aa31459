"""Reading calendars of others (RFC 5545): when somebody is busy by them, and nothing more.

Lines are read here and not by a library: a feed is taken as it comes, and what one broken line
spoils is the event that it stands in.
"""
