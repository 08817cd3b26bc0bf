-- Serves the sweep: runs that ended long ago.
CREATE INDEX scans_finished_at_idx ON scans (finished_at) WHERE finished_at IS NOT NULL;
