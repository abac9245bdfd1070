"""One model behind the handlers and servers of ours, and behind those of AWS's images."""
