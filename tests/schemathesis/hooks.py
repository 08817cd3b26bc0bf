"""What a schema cannot say about requests that are meant to be right.

Schemathesis makes requests from the document alone. A reference needs a row that is there, a cursor comes from the page
before, an Idempotency-Key is used once, the amounts of a row share a currency. Requests that are meant to be wrong go out
as they were made.
"""

import http.server
import itertools
import json
import os
import struct
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib

import schemathesis
from hypothesis import strategies

BASE = os.environ["DEAL_SCOUT_BASE"]
TOKEN = os.environ["DEAL_SCOUT_TOKEN"]
# Who signs in with browsers, and with what.
EMAIL = os.environ["DEAL_SCOUT_EMAIL"]
PASSWORD = os.environ["DEAL_SCOUT_PASSWORD"]
SERIAL = itertools.count(1)


class Others(http.server.BaseHTTPRequestHandler):
    """Other people's servers: a feed with an ad, and a hook that takes whatever is told."""

    FEED = b"""<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>[WTS] Leica M6, $1900</title>
        <link>http://127.0.0.1/1</link></item></channel></rss>"""

    def do_GET(self):
        known = self.path == "/rss"
        self.answer(200 if known else 404, self.FEED if known else b"")

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(200, b"ok")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def others():
    """Starts them. They go with this process."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Others)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


OTHERS = others()

# What others call theirs, though it ends like a reference.
NO_REFERENCES = {"source_id", "external_id", "platform_order_id", "request_id"}
# Texts that may be there once.
UNIQUE = {"name", "sku", "source_id", "external_id", "platform_order_id", "account_name", "metric"}
# What has to lie in the future.
TO_COME = {"expires_at"}


def call(method, path, body=None, kind="application/json"):
    """Asks the server, and reads what it answers."""
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind}
    request = urllib.request.Request(BASE + path, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def sign_in():
    """Signs another browser in. Its cookie is thrown away: the session is what counts."""
    form = urllib.parse.urlencode({"email": EMAIL, "password": PASSWORD}).encode()
    request = urllib.request.Request(BASE + "/login", data=form, headers={"Origin": BASE})
    with urllib.request.urlopen(request, timeout=30):
        pass


def picture():
    """A PNG of one red pixel."""
    def chunk(name, data):
        whole = name + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def noun_of(field):
    """`my-items` of `my_item_id`; nothing of a field that refers to nothing."""
    for ending in ("_ids", "_id"):
        if field.endswith(ending) and field not in NO_REFERENCES:
            stem = field[: -len(ending)].replace("_", "-")
            return stem + ("es" if stem.endswith("ch") else "s")
    return None


class Rows:
    """A row of each noun that requests may refer to, and that none may change or remove."""

    def __init__(self):
        self.kept = {}
        self.rated = None
        self.run = None
        # One browser to look at; the others may be signed out.
        sign_in()
        kept = self.ids("sessions")
        for _ in range(3):
            sign_in()
        self.spare = [row for row in self.ids("sessions") if row not in kept]
        for noun in ("users", "api-tokens", "sessions"):
            # Whoever asks must stay who they are.
            self.kept[noun] = set(self.ids(noun)) - (set(self.spare) if noun == "sessions" else set())
        self.of("listings")

    @staticmethod
    def ids(noun):
        try:
            return [row["id"] for row in call("GET", f"/api/v1/{noun}?limit=100")["items"]]
        except urllib.error.HTTPError:
            return []

    def of(self, noun):
        """The id of a row to refer to; it is made when it is asked for first."""
        if noun not in self.kept:
            self.kept[noun] = {self.make(noun)}
        return min(self.kept[noun])

    def make(self, noun):
        name = f"kept {os.getpid()}-{next(SERIAL)}"
        bodies = {
            "listings": {"title": name},
            "comps": {"title": name, "price": {"amount": 1999, "currency": "USD"}},
            "my-items": {"title": name},
            "searches": {"name": name},
            "channels": {"name": name, "kind": "webhook", "address": OTHERS + "/told"},
            "snap-jobs": {},
        }
        if noun == "cross-posts":
            body = {"my_item_id": self.of("my-items"), "platform": "ebay"}
        elif noun in bodies:
            body = bodies[noun]
        else:
            raise LookupError(f"say in tests/schemathesis/hooks.py how to make one of {noun}")
        return call("POST", f"/api/v1/{noun}", body)["id"]

    def rating(self):
        """A score of a person's own."""
        if self.rated is None:
            body = {"listing_id": self.of("listings"), "metric": f"own-{next(SERIAL)}", "value": 50}
            self.rated = call("POST", "/api/v1/listing-scores", body)["id"]
        return self.rated

    def given_up(self):
        """A notification that could not be told, whose channel works again."""
        body = {"channel_id": self.of("channels"), "channel": "webhook", "reason": "find", "status": "failed"}
        return call("POST", "/api/v1/notifications", body)["id"]

    def scan(self):
        """A run that is over, of a source that has an ad."""
        if self.run is None:
            feed = call("POST", "/api/v1/feeds", {"name": "walked", "address": OTHERS + "/rss"})["id"]
            self.kept.setdefault("feeds", set()).add(feed)
            self.run = call("POST", f"/api/v1/searches/{self.of('searches')}/scan", {})["id"]
            for _ in range(60):
                run = call("GET", f"/api/v1/scans/{self.run}")
                if run["status"] != "running":
                    break
                time.sleep(0.5)
            if run["status"] != "done":
                raise LookupError(f"the run of the kept search fails: {run}")
        return self.run

    def keeps(self, noun, row):
        return str(row) in {str(kept) for kept in self.kept.get(noun, ())}


ROWS = Rows()

for kind in ("image/jpeg", "image/png", "image/webp"):
    # What a picture is, its bytes tell.
    schemathesis.openapi.media_type(kind, strategies.just(picture()))


@schemathesis.hook
def before_call(context, case, kwargs):
    spare_kept_rows(case)
    if case.meta is not None and case.meta.generation.mode.is_negative:
        return
    make_right(case)


def spare_kept_rows(case):
    """A write goes to a row that is nobody's when it would hit a kept one."""
    if case.method.upper() in ("GET", "HEAD", "OPTIONS", "TRACE") or not case.path_parameters:
        return
    noun = case.operation.path.split("/")[3]
    if ROWS.keeps(noun, case.path_parameters.get("id")):
        case.path_parameters["id"] = 9223372036854775806


def make_right(case):
    headers = case.headers or {}
    for name in list(headers):
        if name.lower() == "idempotency-key":
            headers[name] = f"key-{os.getpid()}-{next(SERIAL)}"
        elif name.lower() == "if-match":
            headers[name] = "*"
    query = case.query or {}
    # A cursor belongs to the list and the order that it was made in.
    query.pop("cursor", None)
    for name in list(query):
        if noun_of(name):
            query[name] = ROWS.of(noun_of(name))
    put_in_order(query, "min_price", "max_price", lambda value: float(value))
    if "q" in query:
        # At most ten words, and one to suggest anything for.
        query["q"] = " ".join(str(query["q"]).split()[:8]) or "camera"
    if case.operation.path == "/api/v1/sessions/{id}":
        # No request makes a session.
        if case.method.upper() == "GET":
            case.path_parameters["id"] = ROWS.of("sessions")
        elif ROWS.spare:
            case.path_parameters["id"] = ROWS.spare.pop()
    if case.operation.path == "/api/v1/listing-scores/{id}" and case.method.upper() == "PATCH":
        # A score that was worked out cannot be changed.
        case.path_parameters["id"] = ROWS.rating()
    if case.operation.path == "/api/v1/notifications/{id}/retry":
        # Only what was given up is tried again.
        case.path_parameters["id"] = ROWS.given_up()
    if case.operation.path == "/api/v1/scans/{id}":
        # No request but asking for one makes a run.
        case.path_parameters["id"] = ROWS.scan()
    if case.operation.path in ("/api/v1/channels/{id}/test", "/api/v1/searches/{id}/scan"):
        # These change nothing of the kept rows.
        noun = case.operation.path.split("/")[3]
        case.path_parameters["id"] = ROWS.of(noun)
    for body in case.body if isinstance(case.body, list) else [case.body]:
        if isinstance(body, dict):
            make_body_right(body)
            if case.operation.path == "/api/v1/searches/{id}":
                # One end of a range may contradict the other one, which is stored.
                for one, other in (("min_price", "max_price"), ("max_price", "min_price")):
                    if body.get(one) is not None:
                        body.setdefault(other, None)
            if "/channels" in case.operation.path and {"kind", "address"} & set(body):
                # An address is of its kind.
                body["kind"], body["address"] = "webhook", OTHERS + "/told"


def make_body_right(body):
    for name, value in list(body.items()):
        noun = noun_of(name)
        if noun and name.endswith("_ids"):
            body[name] = [ROWS.of(noun)] if value else []
        elif noun and value is not None:
            body[name] = ROWS.of(noun)
        elif name in UNIQUE and isinstance(value, str):
            body[name] = f"{value[:60].strip() or 'x'}-{next(SERIAL)}" if name != "metric" else f"own-{next(SERIAL)}"
        elif name in TO_COME and value is not None:
            body[name] = "2099-01-31T18:00:00Z"
        elif isinstance(value, dict) and set(value) == {"amount", "currency"}:
            value["currency"] = "USD"
        elif isinstance(value, dict):
            body[name] = storable(value)
    if "email" in body:
        body["email"] = f"person-{next(SERIAL)}@example.org"
    put_in_order(body, "min_price", "max_price", lambda value: value["amount"])


def put_in_order(values, least, most, key):
    low, high = values.get(least), values.get(most)
    if low is None or high is None:
        return
    try:
        if key(low) > key(high):
            values[least], values[most] = high, low
    except (TypeError, ValueError, KeyError):
        pass


def storable(value):
    """PostgreSQL's texts hold no NUL, and numbers end at 1e300; where any JSON is taken, no schema says so."""
    if isinstance(value, float) and abs(value) > 1e300:
        return 1e300
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    return value
