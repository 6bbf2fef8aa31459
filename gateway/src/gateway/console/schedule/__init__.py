"""The practitioner's calendar: appointments, bookable services, working hours."""
