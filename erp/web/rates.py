"""How often the public pages may be written to. Addresses are kept in memory for a minute and nowhere else."""

from functools import lru_cache

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from erp.settings import settings
from erp.web.forms import network_of

#: From all addresses together, how many times as many as from one.
ALL_TOGETHER = 10
#: Wrong receipt codes a minute from one network address; from all ten times as many. A code has 10^16 values.
WRONG_CODES = 10


@lru_cache(maxsize=1)
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def may_send(request: Request) -> bool:
    """Count a submission and say whether it is within what one address, and all together, may send."""
    return _hit("send", settings().public_per_minute, network_of(request))


def may_print(request: Request) -> bool:
    """Count a poster and say whether it is within the limit; apart, so that posters keep nobody from sending."""
    return _hit("print", settings().public_per_minute, network_of(request))


def may_try_codes(request: Request) -> bool:
    """Say whether a code may be tried from here, after the wrong ones of the last minute."""
    limit, every = RateLimitItemPerMinute(WRONG_CODES), RateLimitItemPerMinute(WRONG_CODES * ALL_TOGETHER)
    return _limiter().test(limit, "code", network_of(request)) and _limiter().test(every, "code", "all")


def count_wrong_code(request: Request) -> None:
    """Count a code that opened nothing."""
    _hit("code", WRONG_CODES, network_of(request))


def _hit(what: str, per_minute: int, network: str) -> bool:
    of_one, of_all = RateLimitItemPerMinute(per_minute), RateLimitItemPerMinute(per_minute * ALL_TOGETHER)
    return _limiter().hit(of_one, what, network) and _limiter().hit(of_all, what, "all")
