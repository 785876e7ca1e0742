"""The sentences by which a run is begun, one file a stage (or two stages that are chosen alike)."""
