DROP INDEX scans_finished_at_idx;
