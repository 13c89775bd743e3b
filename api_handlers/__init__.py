"""The API's routes: one file each, one public function `handler`."""
