"""Barriers and local system reviews of the made-up county, as data/demo tells them."""

from erp.services.demo_told import Told
from erp.vocabulary import BarrierState, Compared, TeamSide, Verdict


class ReviewedFinding(Told):
    """A finding of a made-up review; `earlier`: the id of the one it is compared with."""

    id: str
    words: str
    category: str
    issue: str
    practice: str
    correction: str = ""
    corrected_ago: int | None = None
    earlier: str = ""
    compared: Compared | None = None


class Recommended(Told):
    """What a made-up review recommends; days ago, those to come negative."""

    what: str
    finding: str
    owner: str
    due: int
    done: int | None = None
    became: str = ""


class Reviewed(Told):
    """A made-up local system review. Days ago; a group that was told 0 days ago was not told yet."""

    id: str
    again_of: str = ""
    question: str
    trigger: str = ""
    trigger_source: str = ""
    trigger_ago: int | None = None
    began: int
    ended: int | None = None
    interviews: int | None = None
    observations: int | None = None
    texts: int | None = None
    case_files: int | None = None
    team: tuple[tuple[TeamSide, str, int], ...]
    debriefs: tuple[tuple[int, str, str, str, bool], ...] = ()
    groups: tuple[tuple[str, str, int, str], ...] = ()
    finding: tuple[ReviewedFinding, ...] = ()
    recommendation: tuple[Recommended, ...] = ()


class NamedBarrier(Told):
    """A made-up barrier. Days ago; an action done 0 days ago is not done yet."""

    by: str
    words: str
    said_by: str
    affected: str = ""
    issue: str = ""
    practice: str = ""
    shown_by: tuple[str, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[int, BarrierState, str], ...]
    options: tuple[tuple[str, str, str, bool, str], ...] = ()
    actions: tuple[tuple[str, str, int, int], ...] = ()
    verdicts: tuple[tuple[int, str, Verdict, str], ...] = ()
