"""Health by plain loops over facts as dicts, one partner and one day at a time: slow, and easy to check by eye.

Written from docs/health.md alone. Nothing here is shared with the engine, so that a mistake has to be made twice.
"""

from datetime import date, timedelta

WINDOW = timedelta(days=365)
DIMENSIONS = ("contact", "follow_through", "loop_closure", "shared_power", "trust")


def as_known(facts, known_until):
    entered = [f for f in facts if f["known_from"] < known_until]
    return [f for f in entered if f["known_to"] is None or f["known_to"] >= known_until]


def health(facts, partner_id, kind, default_cadence, t, formula):
    """One partner on one day, as a dict with the engine's column names."""
    own = [f for f in facts if f["partner_id"] == partner_id]
    found = {}
    found.update(contact(own, kind, default_cadence, t, formula))
    found.update(follow_through("follow_through", own, "county", t))
    found.update(follow_through("partner_promises", own, "partner", t))
    found.update(loop_closure(own, t, formula))
    found.update(shared_power(own, t))
    found.update(rated("trust", own, "partner", t))
    found.update(rated("county_rating", own, "county", t))
    for d in DIMENSIONS:
        n, minimum = found[d + "_n"], formula.minimums[d]
        found[d + "_evidence"] = "none" if n == 0 else "thin" if n < minimum else "enough"
    found["standing"] = standing(found, formula)
    entered = [d for d in DIMENSIONS if found[d + "_evidence"] == "enough"]
    found["standing_n"] = 0 if found["standing"] is None else len(entered)
    found["band"] = band(found["standing"], formula)
    return found


def of_kind(facts, *kinds):
    return [f for f in facts if f["kind"] in kinds]


def by(facts, t):
    """The facts on or before t."""
    return [f for f in facts if f["on_day"] is not None and f["on_day"] <= t]


def in_window(facts, t):
    return [f for f in by(facts, t) if f["on_day"] > t - WINDOW]


def contact(facts, kind, default_cadence, t, formula):
    held = by(of_kind(facts, "contact"), t)
    days, is_default = cadence(facts, kind, default_cadence, t, formula)
    newest = max((f["on_day"] for f in held), default=None)
    score = None
    if newest is not None:
        since = (t - newest).days
        score = 100.0 if since <= days else 100.0 * 2.0 ** (-(since - days) / days)
    return {
        "contact_score": score,
        "contact_n": len(held),
        "contact_newest": newest,
        "cadence_days": days,
        "cadence_is_default": is_default,
    }


def cadence(facts, kind, default_cadence, t, formula):
    agreed = [f for f in of_kind(facts, "cadence") if f["on_day"] is None or f["on_day"] <= t]
    if agreed:
        # the newest; of one day the later position, then an ended agreement, then the shorter
        def order(f):
            ended = f["value"] is None
            return (f["on_day"] or date.min, f["position"], ended, 0 if ended else -f["value"])

        latest = max(agreed, key=order)
        if latest["value"] is not None:
            return latest["value"], False
    defaults = [d for d in default_cadence if d["kind"] == kind and (d["from_day"] is None or d["from_day"] <= t)]
    if defaults:
        return max(defaults, key=lambda d: (d["from_day"] or date.min, d["known_from"]))["days"], True
    return formula.default_cadence_days, True


def follow_through(name, facts, side, t):
    points, newest = [], []
    for f in in_window(of_kind(facts, "promise"), t):
        if f["side"] != side:
            continue
        if f["withdrawn_on"] is not None and f["withdrawn_on"] <= t:
            continue
        newest.append(f["on_day"])
        if f["done_on"] is not None and f["done_on"] <= f["on_day"]:
            points.append(1.0)
        elif f["done_on"] is not None and f["done_on"] <= t:
            points.append(0.5)
            newest.append(f["done_on"])
        else:
            points.append(0.0)
    return mean_of_points(name, points, newest)


def loop_closure(facts, t, formula):
    target = timedelta(days=formula.target_days)
    points, newest = [], []
    events = of_kind(facts, "received", "told", "confirmed", "reopened")
    for item in sorted({f["source_id"] for f in events}):
        mine = by([f for f in events if f["source_id"] == item], t)
        received = min((f["on_day"] for f in mine if f["kind"] == "received"), default=None)
        if received is None or not (t - target - WINDOW < received <= t - target):
            continue
        rank = {"told": 0, "confirmed": 1, "reopened": 2}
        happened = [f for f in mine if f["kind"] != "received"]
        happened.sort(key=lambda f: (f["on_day"], f["position"], rank[f["kind"]]))
        points.append(points_of_item(happened, received, target))
        newest.append(max([received] + ([happened[-1]["on_day"]] if happened else [])))
    return mean_of_points("loop_closure", points, newest)


def points_of_item(happened, received, target):
    if not happened or happened[-1]["kind"] == "reopened":
        return 0.0
    if happened[-1]["kind"] == "confirmed":
        return 1.0
    if any(f["kind"] == "reopened" for f in happened):
        return 0.5
    first_told = min(f["on_day"] for f in happened if f["kind"] == "told")
    return 1.0 if first_told <= received + target else 0.5


def shared_power(facts, t):
    marked = [f for f in in_window(of_kind(facts, "contact"), t) if f["marks_n"] > 0]
    answers = []
    for f in marked:
        answers += [1] * f["marks_shared"] + [0] * (f["marks_n"] - f["marks_shared"])
    return {
        "shared_power_score": 100 * min(1, (sum(answers) / len(answers)) / 0.5) if answers else None,
        "shared_power_n": len(marked),
        "shared_power_newest": max((f["on_day"] for f in marked), default=None),
    }


def rated(name, facts, side, t):
    latest = {}
    for f in in_window(of_kind(facts, "rating"), t):
        if f["side"] != side or f["value"] is None:
            continue
        if f["respondent"] not in latest or order_of_rating(f) > order_of_rating(latest[f["respondent"]]):
            latest[f["respondent"]] = f
    values = [f["value"] for f in latest.values()]
    return {
        name + "_score": (sum(values) / len(values) - 1) / 4 * 100 if values else None,
        name + "_n": len(values),
        name + "_newest": max((f["on_day"] for f in latest.values()), default=None),
    }


def order_of_rating(f):
    return f["on_day"], f["position"], -f["value"]


def mean_of_points(name, points, newest):
    return {
        name + "_score": 100 * sum(points) / len(points) if points else None,
        name + "_n": len(points),
        name + "_newest": max(newest, default=None),
    }


def standing(found, formula):
    enough = [d for d in DIMENSIONS if found[d + "_evidence"] == "enough"]
    if len(enough) < 3 or not ("trust" in enough or "loop_closure" in enough):
        return None
    return sum(formula.weights[d] * found[d + "_score"] for d in enough) / sum(formula.weights[d] for d in enough)


def band(value, formula):
    if value is None:
        return "not_enough"
    for name, lowest in formula.bands:
        if round(value, 9) >= lowest:
            return name
    return "at_risk"
