CREATE VIEW typed_hits AS SELECT * REPLACE (make_date(EventDate) AS EventDate) FROM hits;
CREATE MACRO toDateTime(t) AS epoch_ms(t * 1000);
