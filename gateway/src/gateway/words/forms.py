"""What the codes of forms are called in words; `gateway.words.tables` takes them in."""

from __future__ import annotations

from gateway.words.builder import DOCUMENT_PROBLEMS
from gateway.words.calendar import TEXT_TOO_LONG, TWO_READINGS
from gateway.words.extraction import _

FORM_ERRORS: dict[str, str] = {
    # Answers.
    "answer_required": _("Please answer this question."),
    "answer_must_be_agreed": _("Please tick the box to agree, or talk to your practice first."),
    "answer_signature_required": _("Please type your name to sign."),
    "answer_number_unreadable": _("Enter a number, for example 12."),
    "answer_number_two_readings": TWO_READINGS,
    "answer_number_not_whole": _("Enter a whole number, for example 12."),
    "answer_not_whole": _("Enter a whole number, for example 12."),
    "answer_too_small": _("This number is too small."),
    "answer_too_large": _("This number is too large."),
    "answer_date_unreadable": _("Enter a real date, for example 27 3 1985."),
    "answer_not_a_date": _("Enter a real date, for example 27 3 1985."),
    "answer_too_long": TEXT_TOO_LONG,
    "answer_wrong_type": _("Please check this answer."),
    "answer_unknown_choice": _("Choose one of the answers."),
    "answer_unknown_question": _("This question is not part of the form."),
    "answer_time_unreadable": _("Enter a time, for example 14:30."),
    "answer_not_a_time": _("Enter a time, for example 14:30."),
    "answer_unknown_row": _("Please check this answer."),
    "answer_email_invalid": _("Enter an e-mail address like name@example.org."),
    "answer_phone_invalid": _("Enter a phone number with digits, like +49 30 123456."),
    "answer_other_missing": _("Please write what you mean, or choose another answer."),
    "answer_row_missing": _("Please choose an answer in each row."),
    "answer_address_incomplete": _("Please give street, postal code and city."),
    "answer_alone": _("“None of these” cannot be chosen beside another answer."),
    # Sending.
    "stale_revision": _("This form was changed in another window."),
    "answers_invalid": _("Some answers could not be saved. They are marked below."),
    "form_incomplete": _("Some answers are missing. They are listed below."),
    "already_submitted": _("This form has already been sent."),
    "withdrawn": _("Your practice no longer needs this form."),
    # The console.
    "template_missing": _("Choose a form."),
    "due_on_invalid": _("Enter a real date, or leave it empty."),
    "due_on_past": _("Choose a day that is still to come."),
    "not_published": _("This form is not published yet. Publish it, then send it."),
    "template_archived": _("This form is archived. Restore it, then send it."),
    "form_not_found": _("This form does not exist, or no longer."),
    "template_not_found": _("This form does not exist, or no longer."),
    "library_form_not_found": _("This form does not exist, or no longer."),
    **DOCUMENT_PROBLEMS,
    "form_title_missing": _("Give the form a title."),
    "nothing_to_undo": _("There is no change to take back."),
    "form_full": _("The form is full. Take something away, or make a second form."),
    "form_too_large": _("The form is too large. Shorten its texts, or make a second form."),
    "part_gone": _("This part of the form was taken away meanwhile."),
    "answers_erased": _("The answers were erased."),
    "still_open": _("This form is still waiting for the client."),
    "unlock_fields": _("Please check your entries."),
    "correction_missing": _("Say in a few words what should be corrected."),
    "correction_too_long": _("Use at most %(limit)s characters for the reason."),
    "no_alert": _("No answer of this form asks for attention."),
    "not_submitted": _("The client has not sent this form yet."),
}

REQUEST_STATES: dict[str, str] = {
    "not_opened": _("Not opened"),
    "started": _("Started"),
    "submitted": _("To review"),
    "reviewed": _("Reviewed"),
    "withdrawn": _("Withdrawn"),
}

REQUEST_STAGES: dict[str, str] = REQUEST_STATES | {"": _("All"), "overdue": _("Overdue")}

FORM_ACTS: dict[str, str] = {
    "form.sent": _("Sent a form"),
    "form.resent": _("Mailed a form again"),
    "form.due_day_changed": _("Changed a form’s due day"),
    "form.withdrawn": _("Withdrew a form"),
    "form.submitted": _("Sent a filled-in form"),
    "answers.opened": _("Read the answers to a form"),
    "form.unlocked": _("Unlocked a form for correction"),
    "form.locked": _("Locked a form again"),
    "answers.exported": _("Exported answers to a form"),
    "alert.reviewed": _("Marked an alert as reviewed"),
    "answers.reviewed": _("Marked answers as reviewed"),
    "scores.opened": _("Read the scores over time"),
}
