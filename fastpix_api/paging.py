"""Page after page of a list."""

from collections.abc import Callable, Iterator

from fastpix_api.answer import Answer

LARGEST_PAGE = 50  # items, documented


def pages(list_page: Callable[..., Answer], *, at_most: int = 1000) -> Iterator[Answer]:
    """The pages of a list, asked for one by one as they are needed, to the first that is not full or the `at_most`th.

    `list_page`: an operation that takes `limit` and `offset`, such as `client.playlists.list`; what else it takes comes
    with functools.partial. What is created or deleted meanwhile moves the pages: an item may come twice or not at all.
    Raises what the operation raises.
    """
    for number in range(1, at_most + 1):
        answer = list_page(limit=LARGEST_PAGE, offset=number)
        yield answer
        if len(answer.data) < LARGEST_PAGE:
            return
