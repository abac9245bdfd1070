-- What the table can still be asked for: its snapshots, and what each of them changed.
SELECT
    committed_at,
    snapshot_id,
    operation,
    element_at(summary, 'added-records') AS records_added,
    element_at(summary, 'deleted-records') AS records_removed,
    element_at(summary, 'total-records') AS records
FROM "retail_visits_enhanced$$snapshots"
ORDER BY committed_at DESC
