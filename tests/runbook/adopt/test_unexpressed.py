"""What an account has that no item of the file can be."""

from __future__ import annotations

from typing import Any

from runbook.adopt.unexpressed import _trails


class Region:
    """A region in which trails are known, none of them of a stack."""

    partition, number = "aws", "123456789012"

    def __init__(self, region: str, *trails: dict[str, str]) -> None:
        self.region, self.trails = region, trails

    def client(self, service: str) -> Any:
        return self

    def describe_trails(self, **asked: bool) -> Any:
        shown = asked.get("includeShadowTrails", True)
        here = [t for t in self.trails if shown or t["HomeRegion"] == self.region]
        return {"trailList": here}

    def owner(self, live: object) -> str | None:
        return None


def trail(name: str, home: str, account: str = "123456789012") -> dict[str, str]:
    arn = f"arn:aws:cloudtrail:{home}:{account}:trail/{name}"
    return {"Name": name, "HomeRegion": home, "TrailARN": arn}


def test_each_trail_is_named_once_wherever_it_belongs() -> None:
    everywhere = (
        trail("ours", "eu-west-2"),
        trail("elsewhere", "ap-southeast-2"),
        trail("organization", "us-west-1", "999999999999"),
    )
    places: Any = [Region("us-east-1", *everywhere), Region("eu-west-2", *everywhere)]
    regions, told = {"us-east-1", "eu-west-2"}, set[str]()
    found = {
        place.region: [item.path[-1] for item in _trails(place, regions - {place.region}, told)]
        for place in places
    }
    assert found == {"us-east-1": ["elsewhere", "organization"], "eu-west-2": ["ours"]}
