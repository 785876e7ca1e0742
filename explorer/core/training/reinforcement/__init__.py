"""Learning from rewards: attempts are drawn and judged, and the better ones of a group become likelier."""
