"""What a name server answers, and how one that does not answer is told."""

from __future__ import annotations

import pytest

from runbook.base.errors import UserError
from runbook.dns.answers import Answer
from runbook.dns.servers import NameServer, name_servers_of, resolver_at
from tests.runbook.dns.nameserver import HEAD, free_port, serving

ZONE = """
@ TXT "v=spf1 include:a.example " "include:b.example ~all"
@ TXT "another"
@ MX 10 Host.Example.net.
key._domainkey CNAME Key.Dkim.Amazonses.com.
alias CNAME texts.example.net.
big TXT "{}" "{}"
""".format("a" * 250, "b" * 250)
OTHER = 'texts TXT "found behind the alias"\n'
QUICK = 0.2


def test_values_read_as_a_person_writes_them() -> None:
    with serving({"example.org": ZONE}) as server:
        resolver = resolver_at(server.at)
        texts = resolver.ask("example.org", "TXT").values
        assert texts == ("another", "v=spf1 include:a.example include:b.example ~all")
        assert resolver.ask("example.org", "MX").values == ("10 host.example.net",)
        key = resolver.ask("key._domainkey.example.org", "CNAME")
        assert key == Answer(("key.dkim.amazonses.com",))


def test_a_name_without_the_record_and_a_name_that_is_not_there_have_no_values() -> None:
    with serving({"example.org": ZONE}) as server:
        for source in (resolver_at(server.at), NameServer("ns1", server.address, server.port)):
            assert source.ask("example.org", "A") == Answer()
            assert source.ask("nothing.example.org", "TXT") == Answer()


def test_an_alias_is_followed_by_a_resolver_and_named_by_a_name_server() -> None:
    with serving({"example.org": ZONE, "example.net": OTHER}) as server:
        found = resolver_at(server.at).ask("alias.example.org", "TXT")
        assert found == Answer(("found behind the alias",), "texts.example.net")
    with serving({"example.org": ZONE}, recursive=False) as server:
        own = NameServer("ns1", server.address, server.port).ask("alias.example.org", "TXT")
        assert own == Answer((), "texts.example.net")


def test_an_answer_too_long_for_udp_is_asked_for_again_over_tcp() -> None:
    with serving({"example.org": ZONE}, faults={"*": "truncation"}) as server:
        for source in (resolver_at(server.at), NameServer("ns1", server.address, server.port)):
            (value,) = source.ask("big.example.org", "TXT").values
            assert len(value) == 500
        assert [transport for *_, transport in server.asked] == ["udp", "tcp"] * 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("SERVFAIL", "answers SERVFAIL"),
        ("REFUSED", "answers REFUSED"),
        ("silence", "does not answer within"),
    ],
)
def test_a_failure_is_said_as_such_and_is_no_missing_record(fault: str, said: str) -> None:
    with serving({"example.org": ZONE}, faults={"example.org": fault}) as server:
        own = NameServer("ns1", server.address, server.port, QUICK)
        for source in (resolver_at(server.at, QUICK), own):
            answer = source.ask("example.org", "TXT")
            assert answer.failure
            assert answer.failure.startswith(said)
            assert not answer.values


def test_nobody_at_the_port_is_said() -> None:
    answer = resolver_at(f"127.0.0.1:{free_port()}", QUICK).ask("example.org", "TXT")
    assert answer.failure


def test_a_name_server_that_does_not_serve_the_zone_is_said_to_be_one() -> None:
    with serving({"example.org": ZONE}, recursive=False) as server:
        answer = NameServer("ns1", server.address, server.port).ask("example.com", "TXT")
        assert answer == Answer(failure="answers REFUSED: it does not serve the zone")


def test_the_name_servers_are_those_of_the_zone_that_the_name_is_in() -> None:
    delegated = HEAD + "@ NS ns2\nns2 A 127.0.0.2\n@ NS gone.example.net.\n"
    with serving({"example.org": ZONE, "mail.example.org": delegated}) as server:
        resolver = resolver_at(server.at)
        zone, servers = name_servers_of("_dmarc.example.org", resolver, server.port)
        assert (zone, [found.host for found in servers]) == ("example.org", ["ns1.example.org"])
        zone, servers = name_servers_of("mail.example.org", resolver, server.port)
        assert zone == "mail.example.org"
        assert [found.label for found in servers] == [
            "ns1.mail.example.org (127.0.0.1)",
            "ns2.mail.example.org (127.0.0.2)",
        ]


def test_without_an_answer_no_name_servers_are_known() -> None:
    with serving({"example.org": ZONE}, faults={"*": "SERVFAIL"}) as server:
        assert name_servers_of("example.org", resolver_at(server.at)) == ("", [])


@pytest.mark.parametrize("server", ["127.0.0.1", "127.0.0.1:53", "localhost:53"])
def test_a_server_is_named_with_or_without_a_port(server: str) -> None:
    lookups = resolver_at(server).lookups
    assert (lookups.port, len(lookups.nameservers)) == (53, 1)


@pytest.mark.parametrize("server", ["::1", "[::1]", "[::1]:53"])
def test_an_ipv6_server_may_stand_in_brackets(server: str) -> None:
    assert resolver_at(server).lookups.nameservers == ["::1"]


@pytest.mark.parametrize(
    "server",
    ["", ":53", "127.0.0.1:", "127.0.0.1:dns", "127.0.0.1:70000", "foo:bar:x", "foo:53:53"],
)
def test_a_server_that_is_none_is_refused_with_an_example(server: str) -> None:
    with pytest.raises(UserError, match=r"HOST\[:PORT\]"):
        resolver_at(server)
