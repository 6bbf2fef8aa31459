"""One function per use case: plan a delivery, send what is due, show the mail log."""
