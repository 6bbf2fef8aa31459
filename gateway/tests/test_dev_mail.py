"""The mailbox of a try-out."""

import os
from email.message import EmailMessage

import pytest

HTML = '<p style="color:red">Open <a href="http://localhost:8000/p/lk_x">your portal</a></p>'


@pytest.fixture
def house(build, tmp_path):
    return build(dev_mail_folder=tmp_path)


def write(folder, name, subject, when, html=HTML):
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "Praxis <desk@practice.example>"
    message["To"] = "anna@mail.example"
    message.set_content("Open http://localhost:8000/p/lk_x now")
    if html:
        message.add_alternative(html, subtype="html")
    path = folder / f"{name}.eml"
    path.write_bytes(bytes(message))
    os.utime(path, (when, when))


def test_an_empty_folder_and_a_folder_that_is_not_there_are_empty_mailboxes(build, tmp_path):
    for folder in (tmp_path, tmp_path / "later"):
        assert build(dev_mail_folder=folder).browser().open("/dev/mail").status == 200


def test_mails_are_listed_latest_first_and_opened(house, tmp_path):
    write(tmp_path, "a", "Grüße & <b>", 1_000)
    write(tmp_path, "b", "Second", 2_000)
    (tmp_path / "notes.txt").write_text("not a mail")
    browser = house.browser()
    page = browser.open("/dev/mail")
    assert page.html.index("Second") < page.html.index("Grüße &amp; &lt;b&gt;")
    assert [link for link in page.links if link.startswith("/dev/")] == [
        "/dev/mail/b",
        "/dev/mail/a",
    ]
    mail = browser.open("/dev/mail/a")
    assert "http://localhost:8000/p/lk_x" in mail.links
    assert "/dev/mail/a/html" in mail.links


def test_times_are_those_of_the_practice(build, tmp_path):
    write(tmp_path, "a", "Hello", 1_796_115_600)  # 1 December 2026, 09:00 UTC
    house = build(dev_mail_folder=tmp_path, dev_mail_timezone="Europe/Berlin")
    for path in ("/dev/mail", "/dev/mail/a"):
        assert "Today, 10:00" in house.browser().open(path).html


def test_the_html_of_a_mail_stands_in_a_sandbox(house, tmp_path):
    write(tmp_path, "a", "Hello", 1_000)
    page = house.browser().open("/dev/mail/a/html")
    assert page.html.strip() == HTML
    policy = page.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "script-src" not in policy


def test_a_mail_without_html_has_no_such_page(house, tmp_path):
    write(tmp_path, "a", "Hello", 1_000, html=None)
    assert house.browser().open("/dev/mail/a").status == 200
    assert house.browser().open("/dev/mail/a/html").status == 404


def test_a_file_that_is_hardly_a_mail_is_shown_as_it_is(house, tmp_path):
    (tmp_path / "odd.eml").write_bytes(b"\xff\xfe\x00 no headers")
    assert house.browser().open("/dev/mail").status == 200
    assert house.browser().open("/dev/mail/odd").status == 200


@pytest.mark.parametrize("name", ["..", "%2e%2e%2fetc", "gone", "a.eml", "*", "%00", "[a]"])
def test_only_mails_of_the_folder_can_be_opened(house, tmp_path, name):
    write(tmp_path, "a", "Hello", 1_000)
    (tmp_path.parent / "outside.eml").write_text("Subject: no")
    assert house.browser().open(f"/dev/mail/{name}").status == 404


def test_another_host_name_does_not_open_it(house, tmp_path):
    write(tmp_path, "a", "Hello", 1_000)
    for path in ("/dev/mail", "/dev/mail/a", "/dev/mail/a/html"):
        page = house.browser().open(path, {"Host": "rebound.example", "Accept": "text/html"})
        assert page.status == 404
