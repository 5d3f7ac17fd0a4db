"""What the file knows of regions, against the list that the pinned cfn-lint has."""

from cfnlint.helpers import AVAILABILITY_ZONES

from settings.values.regions import FEW_ZONES, MANY_ZONES, REGIONS


def test_the_letters_of_zones_are_those_that_cfn_lint_knows() -> None:
    for region in REGIONS:
        known = {zone.removeprefix(region) for zone in AVAILABILITY_ZONES[region]}
        allowed = MANY_ZONES.get(region, FEW_ZONES)
        assert known <= {*allowed}
        assert max(known) == max(allowed)
