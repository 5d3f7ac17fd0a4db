"""Words that RDS refuses as the name of a PostgreSQL database or of its user.

AWS says "can't be a word reserved by the database engine" and lists none. What it was seen to
refuse goes beyond what PostgreSQL itself reserves: PostgreSQL's key words of every kind (catalog,
comments, grant, identity), and some of the SQL standard's (db, dispatch, flag).
<https://www.postgresql.org/docs/current/sql-keywords-appendix.html>
"""

_STANDARD = "db dispatch flag"
# SELECT word FROM pg_get_keywords(), of PostgreSQL 15
_POSTGRESQL = """
abort absolute access action add admin after aggregate all also alter always analyse analyze and any
array as asc asensitive assertion assignment asymmetric at atomic attach attribute authorization
backward before begin between bigint binary bit boolean both breadth by cache call called cascade
cascaded case cast catalog chain char character characteristics check checkpoint class close cluster
coalesce collate collation column columns comment comments commit committed compression concurrently
configuration conflict connection constraint constraints content continue conversion copy cost
create cross csv cube current current_catalog current_date current_role current_schema current_time
current_timestamp current_user cursor cycle data database day deallocate dec decimal declare default
defaults deferrable deferred definer delete delimiter delimiters depends depth desc detach
dictionary disable discard distinct do document domain double drop each else enable encoding
encrypted end enum escape event except exclude excluding exclusive execute exists explain expression
extension external extract false family fetch filter finalize first float following for force
foreign forward freeze from full function functions generated global grant granted greatest group
grouping groups handler having header hold hour identity if ilike immediate immutable implicit
import in include including increment index indexes inherit inherits initially inline inner inout
input insensitive insert instead int integer intersect interval into invoker is isnull isolation
join key label language large last lateral leading leakproof least left level like limit listen load
local localtime localtimestamp location lock locked logged mapping match matched materialized
maxvalue merge method minute minvalue mode month move name names national natural nchar new next nfc
nfd nfkc nfkd no none normalize normalized not nothing notify notnull nowait null nullif nulls
numeric object of off offset oids old on only operator option options or order ordinality others out
outer over overlaps overlay overriding owned owner parallel parameter parser partial partition
passing password placing plans policy position preceding precision prepare prepared preserve primary
prior privileges procedural procedure procedures program publication quote range read real reassign
recheck recursive ref references referencing refresh reindex relative release rename repeatable
replace replica reset restart restrict return returning returns revoke right role rollback rollup
routine routines row rows rule savepoint schema schemas scroll search second security select
sequence sequences serializable server session session_user set setof sets share show similar simple
skip smallint snapshot some sql stable standalone start statement statistics stdin stdout storage
stored strict strip subscription substring support symmetric sysid system table tables tablesample
tablespace temp template temporary text then ties time timestamp to trailing transaction transform
treat trigger trim true truncate trusted type types uescape unbounded uncommitted unencrypted union
unique unknown unlisten unlogged until update user using vacuum valid validate validator value
values varchar variadic varying verbose version view views volatile when where whitespace window
with within without work wrapper write xml xmlattributes xmlconcat xmlelement xmlexists xmlforest
xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable year yes zone
"""
_WORDS = frozenset(f"{_STANDARD} {_POSTGRESQL}".split())

DATABASES = frozenset({"rdsadmin", "rdsproxyadmin", "template0", "template1"})
"""Databases that PostgreSQL and RDS keep for themselves."""
POSTGRES = "postgres"
"""The database that RDS always makes: whoever names it asks for no other one."""

USERS = frozenset({"rdsadmin", "rdsproxyadmin", "rdsrepladmin", "rdstopmgr", "public"})
"""Roles that RDS or PostgreSQL makes for itself; so are all that begin with `pg_` and `rds_`."""


def why_no_database(name: str) -> str | None:
    """Return why RDS would refuse a database of this name."""
    if name == POSTGRES:
        return None
    if name.lower() in {*DATABASES, POSTGRES}:
        return f"a name other than {name}, which is a database of RDS's own"
    return _why_reserved(name)


def why_no_user(name: str) -> str | None:
    """Return why RDS would refuse a master user of this name."""
    if name.lower() in USERS or name.lower().startswith(("pg_", "rds_")):
        return f"a name other than {name}, which RDS and PostgreSQL keep for their roles"
    return _why_reserved(name)


def why_no_schema(name: str) -> str | None:
    """Return why nobody outside may read a schema: PostgreSQL keeps itself in it."""
    if name.startswith("pg_") or name == "information_schema":
        return f"a schema other than {name}, which is PostgreSQL's own"
    return None


def _why_reserved(name: str) -> str | None:
    if name.lower() in _WORDS:
        return f"a name other than {name}, a key word of SQL, which RDS refuses"
    return None
