"""What codes, days, zones and languages are called: everything that becomes a sentence."""
