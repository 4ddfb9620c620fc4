"""Asks the listening process (`engine.analysis`), so that the window neither waits nor keeps the memory."""

import logging
from collections.abc import Callable

from engine import ipc
from engine.analysis.questions import ANSWERS, QUESTIONS
from engine.errors import EngineError
from engine.jobs import Context

log = logging.getLogger(__name__)


def answers_to(
    question: object,
    context: Context,
    *,
    doing: str,
    patience: float = 600.0,
    report: Callable[[object], None] | None = None,
) -> list[object]:
    """The answers to one question of `engine.analysis.questions`; none where the process ended without. Any thread.

    Args:
        question: is sent to a process that is started for it.
        context: of the job; a cancel ends the process.
        doing: what takes so long, as the beginning of a sentence, such as “Listening for notes”.
        patience: s without an answer after which it is given up.
        report: is told each answer as it comes, of which only the last is kept then.

    Raises:
        EngineError: it took longer than that.
        Cancelled: the user cancelled.
    """
    answers: list[object] = []
    try:
        with ipc.Conversation(
            "engine.analysis", question, name="listener", sends=QUESTIONS, receives=ANSWERS, quiet=True
        ) as listener:
            for answer in listener.messages(context, patience):
                if report is not None:
                    report(answer)
                    answers.clear()
                answers.append(answer)
    except TimeoutError as error:
        raise EngineError(f"{doing} took too long: try again when the machine is less busy.") from error
    if not answers:
        log.error("%s failed: %s", doing.lower(), listener.last_words)
    return answers
