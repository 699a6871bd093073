"""A table like the hits of ClickBench, from a seed: its 105 columns and their types, and what makes it hard to work on.

    hits.py DIR ROWS                the table, as DIR/hits.parquet
    hits.py queries DIR CORPORA     the 43 queries in the words of each engine, as DIR/ENGINE.sql

As in the real one: few URLs, titles and users are met often and most hardly ever; the greater part of search phrases, models and
parameters is empty; texts are Cyrillic but for the URLs; a user keeps his address and region; rows lie together by counter and
day; times are integers, which each engine's view of the table turns into dates and timestamps (queries/hits.ENGINE.sql).
"""
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

GROUP = 500_000  # rows of a row group
SEED = 1

# The columns in their order. After the type: how many values a number has and how often it is not 0 (nothing: made below).
COLUMNS = """
WatchID l | JavaEnable h 2 .9 | Title s | GoodEvent h | EventTime l | EventDate H | CounterID i | ClientIP i | RegionID i | UserID l
CounterClass h 3 .5 | OS h 90 .98 | UserAgent h 80 .98 | URL s | Referer s | IsRefresh h 2 .12 | RefererCategoryID h 30000 .4
RefererRegionID i 5000 .4 | URLCategoryID h 20000 .8 | URLRegionID i 5000 .8 | ResolutionWidth h | ResolutionHeight h 1200 .97
ResolutionDepth h 33 .97 | FlashMajor h 12 .9 | FlashMinor h 10 .8 | FlashMinor2 s 90 .8 | NetMajor h 4 .3 | NetMinor h 4 .1
UserAgentMajor h 40 .97 | UserAgentMinor s 60 .7 | CookieEnable h 2 .99 | JavascriptEnable h 2 .99 | IsMobile h 2 .05 | MobilePhone h 90 .04
MobilePhoneModel s 160 .04 | Params s 4000 .01 | IPNetworkID i 4000000 .99 | TraficSourceID h | SearchEngineID h | SearchPhrase s
AdvEngineID h 30 .0063 | IsArtifical h 2 .01 | WindowClientWidth h 2000 .97 | WindowClientHeight h 1100 .97 | ClientTimeZone h 600 .99
ClientEventTime l | SilverlightVersion1 h 6 .5 | SilverlightVersion2 h 2 .1 | SilverlightVersion3 i 60000 .5 | SilverlightVersion4 h 3 .1
PageCharset s 8 .99 | CodeVersion i 1800 .99 | IsLink h 2 .12 | IsDownload h 2 .01 | IsNotBounce h 2 .2 | FUniqID l | OriginalURL s | HID i
IsOldCounter h 2 .001 | IsEvent h 2 .001 | IsParameter h 2 .001 | DontCountHits h 2 .15 | WithHash h 2 .05 | HitColor s 3 1 | LocalEventTime l
Age h 5 .6 | Sex h 3 .6 | Income h 5 .5 | Interests h 30000 .6 | Robotness h 7 .2 | RemoteIP i | WindowName i 60000 .4 | OpenerName i 60000 .2
HistoryLength h 50 .7 | BrowserLanguage s 20 1 | BrowserCountry s 40 1 | SocialNetwork s 5 .001 | SocialAction s 5 .001 | HTTPError h 500 .01
SendTiming i 30000 .4 | DNSTiming i 5000 .3 | ConnectTiming i 5000 .4 | ResponseStartTiming i 20000 .4 | ResponseEndTiming i 20000 .4
FetchTiming i 30000 .4 | SocialSourceNetworkID h 5 .001 | SocialSourcePage s 300 .001 | ParamPrice l 90000 .002 | ParamOrderID s 9000 .002
ParamCurrency s 3 .01 | ParamCurrencyID h 3 .01 | OpenstatServiceName s 5 .01 | OpenstatCampaignID s 3000 .01 | OpenstatAdID s 9000 .01
OpenstatSourceID s 900 .01 | UTMSource s 300 .02 | UTMMedium s 50 .02 | UTMCampaign s 3000 .02 | UTMContent s 6000 .02 | UTMTerm s 6000 .01
FromTag s 300 .01 | HasGCLID h 2 .02 | RefererHash l | URLHash l | CLID i 90000 .001
"""
TYPES = {"h": pa.int16(), "H": pa.uint16(), "i": pa.int32(), "l": pa.int64(), "s": pa.string()}


def columns():
    """(name, type, values, share) of each column."""
    for field in COLUMNS.replace("\n", "|").split("|"):
        if field.strip():
            name, kind, *rest = field.split()
            values, share = rest or (0, 0)
            yield name, TYPES[kind], int(values), float(share)


class Pools:
    """What values are drawn from: pools that grow with the table, as more users and pages show up in more hits."""

    def __init__(self, rows):
        self.rng = rng = np.random.default_rng(SEED)
        letters = np.array(list("абвгдежзиклмнопрстуфхцчшыэюя"))
        self.words = ["".join(rng.choice(letters, 2 + k % 9)) for k in range(8000)] + ["Google"]
        latin = np.array(list("abcdefghijklmnopqrstuvwxyz"))
        self.names = ["".join(rng.choice(latin, 3 + k % 8)) for k in range(8000)] + ["google"]
        self.users = rng.integers(1 << 40, 1 << 62, max(rows * 18 // 100, 10))
        self.users[len(self.users) // 100] = 435090932899640449  # a user that a query asks for
        self.urls = self.addresses(max(rows * 18 // 100, 10))
        self.referers = self.addresses(max(rows * 15 // 100, 10))
        self.titles = self.sentences(max(rows * 9 // 100, 10), 3, 11)
        self.phrases = self.sentences(max(rows * 6 // 100, 10), 1, 7)
        self.hashes = {n: rng.integers(-1 << 62, 1 << 62, size) for n, size in (("URL", len(self.urls)), ("Referer", len(self.referers)))}
        self.hashes["URL"][0], self.hashes["Referer"][0] = 2868770270353813622, 3594120000172545465  # pages that queries ask for

    def skewed(self, size, n, power=3.0):
        """n places of a pool, the early ones much oftener."""
        return (size * self.rng.random(n) ** power).astype(np.int64)

    def sentences(self, n, low, high):
        place = self.skewed(len(self.words), n * high, 2)
        place[self.rng.random(n * high) < 5e-5] = len(self.words) - 1
        words, cut = [self.words[p] for p in place], self.rng.integers(low, high, n).tolist()
        return pa.array([" ".join(words[i * high:i * high + k]) for i, k in enumerate(cut)])

    def addresses(self, n):
        place = self.skewed(len(self.names), n * 4)
        place[self.rng.random(n * 4) < 1e-4] = len(self.names) - 1
        words = iter([self.names[p] for p in place])
        heads = self.rng.choice(["http://", "http://www.", "https://"], n, p=[.6, .3, .1]).tolist()
        numbers = self.rng.integers(0, 1 << 30, n).tolist()
        return pa.array(["%s%s.ru/%s/%d?%s=%s" % (h, next(words), next(words), k, next(words), next(words)) for h, k in zip(heads, numbers)])


def sparse(rng, values, share, n):
    """Numbers below values, skewed, and 0 in all but a share of the rows."""
    v = 1 + ((max(values, 2) - 1) * rng.random(n) ** 2).astype(np.int64)
    return np.where(rng.random(n) < share, v, 0)


def group(pools, n):
    """The columns of a row group that hang together."""
    rng = pools.rng
    day, second = rng.integers(0, 31, n), rng.integers(0, 86400, n)
    counter = 1 + pools.skewed(6500, n, 6)
    counter[rng.random(n) < .01] = 62
    user = pools.skewed(len(pools.users), n)
    order = np.lexsort((user, day, counter))
    day, second, counter, user = day[order], second[order], counter[order], user[order]
    url, referer = pools.skewed(len(pools.urls), n), pools.skewed(len(pools.referers), n)
    searched, direct = rng.random(n) < .13, rng.random(n) < .2
    home = rng.permutation(n) % 2 == 0
    time = 15887 * 86400 + day * 86400 + second
    address = (pools.users[user] * 2654435761 >> 13).astype(np.int32)

    def text(pool, place, empty):
        return pc.if_else(pa.array(empty), "", pool.take(pa.array(place)))
    return {
        "WatchID": rng.integers(1 << 60, 1 << 62, n), "GoodEvent": np.ones(n), "CounterID": counter, "UserID": pools.users[user],
        "EventTime": time, "EventDate": 15887 + day, "ClientEventTime": time + rng.integers(-900, 900, n), "LocalEventTime": time + 7200,
        "ClientIP": address, "RemoteIP": np.where(home, address, address + 1), "RegionID": (pools.users[user] % 9000 ** 2) ** .5,
        "Title": text(pools.titles, pools.skewed(len(pools.titles), n), rng.random(n) < .15),
        "URL": pools.urls.take(pa.array(url)), "URLHash": pools.hashes["URL"][url],
        "Referer": text(pools.referers, referer, direct), "RefererHash": np.where(direct, 0, pools.hashes["Referer"][referer]),
        "OriginalURL": text(pools.urls, url, rng.random(n) < .7), "HID": rng.integers(0, 1 << 30, n),
        "FUniqID": np.where(rng.random(n) < .4, 0, rng.integers(1 << 60, 1 << 62, n)),
        "SearchPhrase": text(pools.phrases, pools.skewed(len(pools.phrases), n), ~searched),
        "SearchEngineID": np.where(searched, 1 + pools.skewed(90, n), 0),
        "TraficSourceID": np.where(searched, 2, rng.choice([-1, 0, 1, 3, 6], n)),
        "ResolutionWidth": rng.choice([0, 1024, 1280, 1366, 1440, 1600, 1680, 1920, 2560], n, p=[.03, .1, .2, .25, .07, .1, .07, .17, .01]),
    }


def table(folder, rows):
    pools, fields = Pools(rows), list(columns())
    schema = pa.schema([(name, t) for name, t, _, _ in fields])
    texts = {name: pa.array([""] + ["%s%d" % (pools.names[k % 8000], k) for k in range(v)]) for name, t, v, _ in fields if t == TYPES["s"] and v}
    with pq.ParquetWriter(folder + "/hits.parquet", schema, compression="snappy") as out:
        for start in range(0, rows, GROUP):
            n = min(GROUP, rows - start)
            made = group(pools, n)
            for name, t, values, share in fields:
                if name not in made:
                    v = sparse(pools.rng, values, share, n)
                    made[name] = texts[name].take(pa.array(v)) if name in texts else v
                if isinstance(made[name], np.ndarray):
                    made[name] = pa.array(made[name].astype(t.to_pandas_dtype()))
            out.write_table(pa.table([made[f.name] for f in schema], schema=schema))


def queries(folder, corpora):
    """Polars speaks DuckDB's dialect but for a few words. A view cannot take its table's name everywhere."""
    def read(name):
        return open("%s/clickbench/%s.queries.sql" % (corpora, name)).read()
    duckdb = read("duckdb-parquet")
    polars = duckdb.replace("toDateTime(EventTime)", "EventTime").replace("STRLEN(", "OCTET_LENGTH(").replace("'2013-07-", "DATE '2013-07-")
    for engine, text in ("gosql", read("spark")), ("duckdb", duckdb), ("polars", polars), ("datafusion", read("datafusion")):
        with open("%s/%s.sql" % (folder, engine), "w") as f:
            f.write(text.replace("FROM hits", "FROM typed_hits"))


if __name__ == "__main__":
    if sys.argv[1] == "queries":
        os.makedirs(sys.argv[2], exist_ok=True)
        queries(sys.argv[2], sys.argv[3])
    else:
        os.makedirs(sys.argv[1], exist_ok=True)
        table(sys.argv[1], int(float(sys.argv[2])))
