"""The same work in several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections


def together(many: int, work: Callable[[int], None]) -> None:
    """Run `work(index)` in as many threads, each with its own connection; the first error is raised."""
    errors: list[BaseException] = []

    def run(index: int) -> None:
        try:
            work(index)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
