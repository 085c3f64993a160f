"""A program of a service that lives under an Upheld policy (here policies/hosting-2009): it takes a customer in, reads what the
policy lets it read, is refused what it does not, and records a choice that the customer made by letter.

    UPHELD_URL=http://127.0.0.1:8080 WEB_TOKEN=… MAILER_TOKEN=… LETTERS_TOKEN=… python3 python.py

Python 3.9 or later, nothing to install; README.md beside this file says how the keys are made. Python's standard library cannot
sign with Ed25519, so this program does not act for a person who is signed in (node.mjs does): it has a key with the verb
`choose`, as the desk that opens the letters would.
"""

import json
import os
import urllib.error
import urllib.request
import uuid

URL = os.environ["UPHELD_URL"]
WEB, MAILER, LETTERS = (os.environ[name] for name in ("WEB_TOKEN", "MAILER_TOKEN", "LETTERS_TOKEN"))


def act(path, token, body):
    """One act. It is done (2xx) or refused by the policy (403 with the clauses); anything else is a fault of this program."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(URL + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        answer = json.load(error)
        if "allowed" not in answer:
            raise SystemExit(f"{path} answered {error.code}: {answer['title']}") from None
        return answer


def tell(what, answer):
    clauses = sorted({cited["clause"] for cited in answer["because"]})
    outcome = "done" if answer["allowed"] else f"refused ({answer['reason']})"
    print(f"{what}: {outcome}" + (f", by {', '.join(clauses)}" if clauses else ""))
    return answer


person = f"c-{uuid.uuid4()}"  # our own id for the customer; Upheld knows them by it
form = {"point": "sign_up", "in": "www.larchfield.example/join", "person": person}
values = {
    "name": "Bob Example", "address": "2 Elm Row", "phone_number": "555 0101",
    "email": "bob@example.org", "domain_name": "bob.example", "card_number": "4111111111111111",
}
tell("collect with a birth date", act("/v1/collect", WEB, {**form, "values": {**values, "birth_date": "1970-01-01"}}))
tell("collect", act("/v1/collect", WEB, {**form, "values": values}))

newsletter = {"person": person, "data": ["email"], "for": "newsletter"}
read = tell("use for the newsletter", act("/v1/use", MAILER, newsletter))
print(f"  it may write to {len(read['result'])} address")  # the values are in read["result"]; do not log them
tell("use the card for the newsletter", act("/v1/use", MAILER, {**newsletter, "data": ["card_number"]}))

# The customer wrote a letter. The policy asks for two things by which they are recognised; they are compared and dropped.
giving = {"domain_name": "bob.example", "email": "bob@example.org"}
no = {"person": person, "choice": "newsletter", "agree": False, "via": "request", "giving": giving}
tell("choose", act("/v1/choices", LETTERS, no))
tell("use for the newsletter again", act("/v1/use", MAILER, newsletter))
