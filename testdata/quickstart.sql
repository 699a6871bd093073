-- Departures from New York City in the first days of January 2013: flights from a CSV file, the weather from a Parquet file.
CREATE TEMP VIEW flights USING csv OPTIONS (path 'testdata/flights/flights.csv', header true, inferSchema true);
CREATE TEMP VIEW airlines USING csv OPTIONS (path 'testdata/flights/airlines.csv', header true);

SELECT name AS airline, count(*) AS flights, round(avg(dep_delay), 1) AS mean_delay, max(dep_delay) AS worst
FROM flights JOIN airlines USING (carrier)
GROUP BY name
HAVING count(*) >= 100
ORDER BY mean_delay DESC;

SELECT CASE WHEN w.visib >= 10 THEN 'clear' ELSE 'hazy' END AS air, f.origin, count(*) AS flights, round(avg(f.dep_delay), 1) AS mean_delay
FROM flights f JOIN parquet.`testdata/flights/weather.parquet` w ON f.origin = w.origin AND f.time_hour = w.time_hour
GROUP BY ALL
ORDER BY air, origin;
