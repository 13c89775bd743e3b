"""The workflow's task states: one file each, one public function `handler`."""
