SELECT count(*) AS n FROM lineitem
SELECT sum(l_extendedprice) AS s FROM lineitem
SELECT l_returnflag, l_linestatus, sum(l_orderkey) AS a, sum(l_partkey) AS b, sum(l_suppkey) AS c, sum(l_linenumber) AS d, sum(l_quantity) AS e, sum(l_extendedprice) AS f, sum(l_discount) AS g, sum(l_tax) AS h, max(l_shipdate) AS i, max(l_commitdate) AS j, max(l_receiptdate) AS k, max(l_shipinstruct) AS l, max(l_shipmode) AS m, max(l_comment) AS n FROM lineitem GROUP BY l_returnflag, l_linestatus
COPY lineitem
