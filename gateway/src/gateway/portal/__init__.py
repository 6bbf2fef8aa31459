"""The portal, which is what a client sees: entering by a link, then home, booking and forms."""
