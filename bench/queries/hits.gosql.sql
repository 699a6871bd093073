CREATE TEMPORARY VIEW typed_hits AS SELECT * EXCEPT (EventDate, EventTime), date_from_unix_date(EventDate) AS EventDate, timestamp_seconds(EventTime) AS EventTime FROM hits;
