"""One panel a file (or folder): stores to widgets. Panels never import each other."""
