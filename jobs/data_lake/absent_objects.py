"""What Spark says where there is nothing to be read, in words that versions 3 and 4 share. Pure."""


def is_absent(error: Exception) -> bool:
    """Tell whether no object lies where one was looked for."""
    return str(error).startswith("[PATH_NOT_FOUND]")
