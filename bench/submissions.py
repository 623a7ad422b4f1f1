"""Sends feedback to the public page as a crowd after a large meeting does, while staff work on.

`python bench/submissions.py ADDRESS [PER_SECOND] [SECONDS]` prints the same for a server that is running; its
ERP_PUBLIC_PER_MINUTE has to let that many through from one address.
"""

import asyncio
import re
import statistics
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from servers import Server
from visits import Visit

#: Pages of the person at work beside a crowd, and seconds between one round of them and the next.
AT_WORK, THINK = ("", "partners", "feedback"), 0.5
#: Seconds an answer may take.
PATIENCE = 60
#: Seconds after which the page takes a form for a person's.
READING = 4
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass(frozen=True)
class Sent:
    """What became of a crowd: how many were sent, how many receipts came back, seconds to the receipts."""

    wanted: int
    receipts: frozenset[str]
    seconds: tuple[float, ...]
    behind: float

    @property
    def lost(self) -> int:
        """How many got no receipt of their own."""
        return self.wanted - len(self.receipts)

    def within(self, share: int) -> float:
        """Milliseconds within which so many per cent were answered."""
        return statistics.quantiles(self.seconds, n=100)[share - 1] * 1000


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Stay: the address to go on to is what is asked for."""


_opener = urllib.request.build_opener(_NoRedirect)


def send(address: str, per_second: int = 50, seconds: int = 30) -> Sent:
    """Send `per_second` submissions a second, evenly; the forms are opened before."""
    wanted = per_second * seconds
    with ThreadPoolExecutor(64) as pool:
        tokens = list(pool.map(lambda _: _token(address), range(wanted)))
        time.sleep(READING)
        began, times, receipts, lock = time.monotonic(), list[float](), set[str](), threading.Lock()

        def one(number: int) -> float:
            due = began + number / per_second
            time.sleep(max(0.0, due - time.monotonic()))
            at = time.monotonic()
            receipt = _post(address, tokens[number], f"Number {number}: the meeting begins too early for us.")
            with lock:
                times.append(time.monotonic() - at)
                if receipt:
                    receipts.add(receipt)
            return at - due

        behind = max(pool.map(one, range(wanted)))
    return Sent(wanted, frozenset(receipts), tuple(times), behind)


def _token(address: str) -> str:
    with urllib.request.urlopen(f"{address}/public/say", timeout=PATIENCE) as page:
        found = _TOKEN.search(page.read().decode())
    assert found is not None
    return found[1]


def _post(address: str, token: str, words: str) -> str:
    """Send one; return its receipt, empty where none came."""
    form = urllib.parse.urlencode({"token": token, "words": words, "signed": "anonymous", "readers": "team"})
    asked = urllib.request.Request(f"{address}/public/say?lang=en", form.encode(), method="POST")
    try:
        _opener.open(asked, timeout=PATIENCE)
    except urllib.error.HTTPError as answer:
        if answer.code == 303:
            return answer.headers["Location"].split("follow/")[1].split("?")[0]
    except OSError:
        return ""
    return ""


async def under_submissions(server: Server, per_second: int, seconds: int) -> tuple[Sent, list[float]]:
    """Send a crowd's submissions while one person reruns their pages; return both, the reruns in seconds."""
    visits = [Visit(server, page) for page in AT_WORK]
    for visit in visits:
        await visit.open()
    crowd = asyncio.create_task(asyncio.to_thread(send, server.url, per_second, seconds))
    reruns: list[float] = []
    while not crowd.done():
        for visit in visits:
            reruns.append(await visit.rerun())
        await asyncio.sleep(THINK)
    for visit in visits:
        await visit.close()
    return await crowd, reruns


def told(sent: Sent, reruns: list[float] | None = None) -> str:
    """Say what became of a crowd, and of the person at work beside it."""
    beside = (
        f"; {len(reruns):,} reruns beside them: p50 {statistics.median(reruns) * 1000:.0f} ms, "
        f"slowest {max(reruns) * 1000:.0f} ms"
        if reruns
        else ""
    )
    return (
        f"{sent.wanted:,} sent, {sent.lost:,} lost; p50 {sent.within(50):.0f} ms, p95 {sent.within(95):.0f} ms, "
        f"slowest {max(sent.seconds) * 1000:.0f} ms; sent at most {sent.behind:.1f} s late{beside}"
    )


if __name__ == "__main__":
    numbers = [int(number) for number in sys.argv[2:4]]
    print(told(send(sys.argv[1], *numbers)))
