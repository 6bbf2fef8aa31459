"""Words for a practice's mail server, and for what it answers to a test mail."""

from __future__ import annotations

from gateway.words.extraction import _

MAIL_SECURITIES: dict[str, str] = {
    "none": _("None (only on this machine)"),
    "starttls": _("STARTTLS"),
    "tls": _("TLS"),
}

TEST_FALLBACK = _("The server did not take the test mail.")

TEST_REASONS: dict[str, str] = {
    "mail_server_missing": _("No mail server is set yet."),
    "mail_server_unreachable": _(
        "Nothing answers there. Check the name, the port and the protection; "
        "perhaps a firewall lets nothing through."
    ),
    "mail_server_forbidden": _("Whoever runs the portal lets no mail server be at this address."),
    "mail_server_insecure": _(
        "The server offers no secure connection at this port, or its certificate is not for "
        "this name. Try the other protection."
    ),
    "mail_server_sign_in_failed": _(
        "The server does not accept user and password. Some providers want an app password."
    ),
    "mail_server_timeout": _("The server stopped answering. Try again in a moment."),
    "mail_server_busy": _("The server asks to try again later."),
    "sender_refused": _("The server does not let this user send from the sender address."),
    "address_refused": _("The server does not take mails to the address of the test."),
    "address_invalid": _("The address of the test is not valid."),
    "address_needs_utf8": _("The mail server cannot send to an address with these letters."),
    "mail_server_refused": _("The server refused the test mail."),
    "mail_malformed": _("The mail could not be written safely. Check the names in it."),
    "mail_folder_unwritable": _("The folder for mails cannot be written."),
    "service_unavailable": _("The details of the mail could not be read. Try again in a moment."),
    "internal_error": _("Something went wrong on our side. Please try again in a moment."),
}

MAIL_SERVER_ERRORS: dict[str, str] = {
    "host_missing": _("Enter the name of the mail server."),
    "host_invalid": _("Enter a name like smtp.example.org, without http:// and without a port."),
    "host_too_long": _("This name is too long to be one of a server."),
    "host_forbidden": _("Whoever runs the portal lets no mail server be at this address."),
    "port_out_of_range": _("Enter a port from 1 to 65,535, usually 587 or 465."),
    "security_too_weak": _(
        "Without protection the mail server must be on the same machine. "
        "Choose STARTTLS or TLS: what is mailed could be read on its way."
    ),
    "security_unknown": _("Choose a protection from the list."),
    "user_needs_security": _("A password is never sent unprotected. Choose STARTTLS or TLS."),
    "mail_user_too_long": _("Use at most %(limit)s characters for the user."),
    "mail_password_needed": _(
        "Enter the password. A stored one goes to no other server or user than it was given for."
    ),
    "mail_password_too_long": _("Use at most %(limit)s characters for the password."),
    "sender_address_missing": _("Enter the address that your mails come from."),
    "sender_address_invalid": _("Enter an e-mail address like name@example.org."),
    "sender_name_too_long": _("Use at most %(limit)s characters for the sender name."),
    "test_address_invalid": _("Enter an e-mail address like name@example.org."),
    "mail_server_missing": _("No mail server is set yet."),
}

MAIL_SERVER_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "mail_security": (MAIL_SECURITIES, TEST_FALLBACK),
    "mail_test": (TEST_REASONS, TEST_FALLBACK),
}
