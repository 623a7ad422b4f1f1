"""Times reruns on the servers without a browser: a session over the websocket, speaking Streamlit's own messages."""

import asyncio
import random
import statistics
import time
from dataclasses import dataclass, field

import websockets
from servers import Server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection

#: Seconds a rerun may take.
PATIENCE = 60
_OVER = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Visit:
    """A session on one page, as the browser holds it: it remembers messages so that the server may refer to them."""

    server: Server
    page: str
    query: str = ""
    hashes: set[str] = field(default_factory=set)
    page_hash: str = ""
    errors: list[str] = field(default_factory=list)
    socket: ClientConnection | None = None

    async def open(self) -> None:
        """Connect and run the page for the first time."""
        address = self.server.url.replace("http", "ws") + "/_stcore/stream"
        headers = {"Origin": self.server.url}
        if self.server.token:
            headers["Cookie"] = f"erp_session={self.server.token}"
        self.socket = await websockets.connect(
            address,
            subprotocols=[websockets.Subprotocol("streamlit")],
            additional_headers=headers,
            max_size=None,
            compression=None,
        )
        await self.rerun()

    async def close(self) -> None:
        """Leave."""
        if self.socket is not None:
            await self.socket.close()

    async def rerun(self) -> float:
        """Run the page once more, nothing changed; return the seconds until the server said it was done."""
        assert self.socket is not None
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash = self.query, self.page_hash
        if not self.page_hash:
            asked.page_name = self.page
        asked.cached_message_hashes.extend(self.hashes)
        asked.context_info.url = f"{self.server.url}/{self.page}"
        asked.context_info.timezone = "America/Los_Angeles"
        start = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while not self._over(await asyncio.wait_for(self.socket.recv(), PATIENCE)):
            pass
        return time.perf_counter() - start

    def _over(self, data: str | bytes) -> bool:
        assert isinstance(data, bytes)
        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if message.metadata.cacheable and message.hash and kind != "ref_hash":
            self.hashes.add(message.hash)
        if kind == "navigation":
            self.page_hash = message.navigation.page_script_hash or self.page_hash
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            self.errors.append(message.delta.new_element.exception.message)
        return kind == "script_finished" and message.script_finished in _OVER


@dataclass(frozen=True)
class Reruns:
    """What reruns of a page took on the server: milliseconds at the middle and at 95 %, CPU milliseconds each."""

    p50: float
    p95: float
    cpu: float


def measure(pairs: list[tuple[Visit, Visit | None]], rounds: int, each: int) -> list[tuple[Reruns, Reruns | None]]:
    """Rerun each pair of pages (ours, the floor's) in turn, `each` times a round, and return what they took."""
    return asyncio.run(_measure(pairs, rounds, each))


async def _measure(
    pairs: list[tuple[Visit, Visit | None]], rounds: int, each: int
) -> list[tuple[Reruns, Reruns | None]]:
    visits = [visit for pair in pairs for visit in pair if visit is not None]
    taken: dict[int, list[float]] = {id(visit): [] for visit in visits}
    cpu = dict.fromkeys(taken, 0.0)
    for visit in visits:
        await visit.open()
        await visit.rerun()
    for turn in range(rounds):
        for visit in visits if turn % 2 else visits[::-1]:
            before = visit.server.cpu
            taken[id(visit)] += [await visit.rerun() for _ in range(each)]
            cpu[id(visit)] += visit.server.cpu - before
    for visit in visits:
        await visit.close()
        if visit.errors:
            raise SystemExit(f"{visit.server.name}, page {visit.page}: {visit.errors[0]}")

    def sum_up(visit: Visit | None) -> Reruns | None:
        if visit is None:
            return None
        times = taken[id(visit)]
        p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
        return Reruns(1000 * statistics.median(times), 1000 * p95, 1000 * cpu[id(visit)] / len(times))

    return [(sum_up(ours), sum_up(theirs)) for ours, theirs in pairs]  # pyright: ignore[reportReturnType] -- ours is never None


def crowd(server: Server, places: list[tuple[str, str]], sessions: int, think: float, lasting: float) -> list[float]:
    """Let many sessions rerun pages at once, each after some `think` seconds; return what each rerun took, in ms."""
    return asyncio.run(_crowd(server, places, sessions, think, lasting))


async def _crowd(
    server: Server, places: list[tuple[str, str]], sessions: int, think: float, lasting: float
) -> list[float]:
    visits = [Visit(server, *places[number % len(places)]) for number in range(sessions)]
    chance, taken = random.Random(7), list[float]()
    for visit in visits:
        await visit.open()

    async def stay(visit: Visit) -> None:
        until = time.monotonic() + lasting
        await asyncio.sleep(think * chance.random())
        while time.monotonic() < until:
            taken.append(1000 * await visit.rerun())
            await asyncio.sleep(think * (0.5 + chance.random()))

    await asyncio.gather(*map(stay, visits))
    for visit in visits:
        await visit.close()
        if visit.errors:
            raise SystemExit(f"{visit.server.name}, page {visit.page}: {visit.errors[0]}")
    return taken


def memory_of_idle(server: Server, page: str, sessions: int = 40) -> float:
    """Open sessions on a page, leave them idle, and return the memory each takes, in MiB."""
    return asyncio.run(_memory_of_idle(server, page, sessions))


async def _memory_of_idle(server: Server, page: str, sessions: int) -> float:
    visits = [Visit(server, page) for _ in range(sessions + 5)]
    for visit in visits[:5]:  # the first few also fill what all sessions share
        await visit.open()
    before = server.memory
    for visit in visits[5:]:
        await visit.open()
    await asyncio.sleep(1)
    grown = server.memory - before
    for visit in visits:
        await visit.close()
    return grown / sessions
