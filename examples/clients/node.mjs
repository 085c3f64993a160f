// A program of a service that lives under an Upheld policy (here policies/hosting-2009): it takes a customer in, reads what the
// policy lets it read, is refused what it does not, and passes a customer's own choice on. Node 20 or later, nothing to install.
//
//   UPHELD_URL=http://127.0.0.1:8080 WEB_TOKEN=… MAILER_TOKEN=… SESSION_KEY=session.pem SESSION_KEY_ID=k-… node node.mjs
//
// README.md beside this file says how the keys are made.
import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const { UPHELD_URL, WEB_TOKEN, MAILER_TOKEN, SESSION_KEY, SESSION_KEY_ID } = process.env;

// One act. It is done (2xx) or refused by the policy (403 with the clauses); anything else is a fault of this program.
async function act(path, token, body, session) {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  if (session) headers["Upheld-Session"] = session;
  const response = await fetch(UPHELD_URL + path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (typeof answer.allowed !== "boolean") throw new Error(`${path} answered ${response.status}: ${answer.title}`);
  return answer;
}

// A customer who is signed in at our own site: a JWT good for one minute, signed with the key whose public half Upheld knows.
// Make one for each call, and only after you have checked yourself who it is.
function session(person) {
  const part = (object) => Buffer.from(JSON.stringify(object)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const text =
    part({ alg: "EdDSA", typ: "JWT", kid: SESSION_KEY_ID }) +
    "." + part({ sub: person, aud: "upheld", iat: now, exp: now + 60, jti: randomUUID() });
  const key = createPrivateKey(readFileSync(SESSION_KEY));
  return `${text}.${sign(null, Buffer.from(text), key).toString("base64url")}`;
}

function tell(what, answer) {
  const clauses = [...new Set(answer.because.map((cited) => cited.clause))].join(", ");
  console.log(`${what}: ${answer.allowed ? "done" : `refused (${answer.reason})`}${clauses && `, by ${clauses}`}`);
  return answer;
}

const person = `c-${randomUUID()}`; // our own id for the customer; Upheld knows them by it
const form = { point: "sign_up", in: "www.larchfield.example/join", person };
const values = {
  name: "Ann Example", address: "1 Elm Row", phone_number: "555 0100",
  email: "ann@example.org", domain_name: "ann.example", card_number: "4111111111111111",
};
tell("collect with a birth date", await act("/v1/collect", WEB_TOKEN, { ...form, values: { ...values, birth_date: "1970-01-01" } }));
tell("collect", await act("/v1/collect", WEB_TOKEN, { ...form, values }));

const newsletter = { person, data: ["email"], for: "newsletter" };
const read = tell("use for the newsletter", await act("/v1/use", MAILER_TOKEN, newsletter));
console.log(`  it may write to ${read.result.length} address`); // the values are in `read.result`; do not log them
tell("use the card for the newsletter", await act("/v1/use", MAILER_TOKEN, { ...newsletter, data: ["card_number"] }));

// The customer says no. The policy asks for two things by which they are recognised; they are compared and dropped.
const giving = { domain_name: "ann.example", email: "ann@example.org" };
const no = { person, choice: "newsletter", agree: false, via: "request", giving };
tell("choose", await act("/v1/choices", WEB_TOKEN, no, session(person)));
tell("use for the newsletter again", await act("/v1/use", MAILER_TOKEN, newsletter));
