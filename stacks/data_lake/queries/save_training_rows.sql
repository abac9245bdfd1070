-- Keep rows for training as Parquet in the workgroup's bucket: an example of a table from a query.
CREATE TABLE training_rows
WITH (format = 'PARQUET', write_compression = 'SNAPPY')
AS
SELECT
    visit_id,
    store,
    hour(entered_at) AS hour,
    seconds,
    zones,
    basket_touches,
    coalesce(age_band, 'unknown') AS age_band,
    temperature,
    purchased
FROM retail_visits
