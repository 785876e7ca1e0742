"""The live half of a conversation: the model reads the branch that is looked at and writes into its stream.

It is stopped where it calls a tool and where the window is full, and goes on when that is seen to.
Free of Qt.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from explorer.protocol import (
    Command,
    Event,
    Failed,
    GenerationEnded,
    PromptSet,
    SamplerSettings,
    TokenSampled,
    TokensDropped,
    TokensRemoved,
    TokensWritten,
)
from explorer.protocol.conversations import Said
from explorer.text.calls import Call
from explorer.text.conversations import Conversation
from explorer.text.units import from_units, to_units
from explorer.ui.stores.answering import Answering, Question
from explorer.ui.stores.context_journal import ContextJournal
from explorer.ui.stores.context_room import Need, make_room
from explorer.ui.stores.context_settings import ContextSettings
from explorer.ui.stores.context_stream import ContextStream, Message, messages_of, tool_roles
from explorer.ui.stores.context_tools import (
    MOST_CALLS,
    ToolLoop,
    call_ends,
    call_length,
    call_parts,
    result_parts,
)
from explorer.ui.stores.failures import failure_of
from explorer.ui.stores.run_data import Failure

Turn = Literal["person", "model", "tool", "call"]
"""Who may write now; "call": the person may change a call before it is done."""
_GROW_EVERY_S = 1.0


class ContextSession:
    """One model, one stream. `journal` has the conversation; what the model says goes into it.

    It reads to show ("show": the branch that is looked at stands in the window) or to answer.
    """

    def __init__(
        self,
        journal: ContextJournal,
        tools: ToolLoop,
        send: Callable[[Command], object],
        clock: Callable[[], float],
    ) -> None:
        self.journal, self.tools = journal, tools
        self.settings = ContextSettings()
        self.live = Answering("", send, clock)
        self.stream = ContextStream()
        self.dropped: set[int] = set()
        """Turns that have fallen out of the window."""
        self.speeds: list[tuple[int, float]] = []
        """Tokens in the window and seconds for one more, as they came."""
        self.failure: Failure | None = None
        self.full = False
        """The last answer ended because the window was full."""
        self.handed_back = ""
        """The token with which the model ended its turn."""
        self._clock = clock
        self._purpose: Literal["", "show", "answer"] = ""
        self._messages: list[Message] = []
        self._asked_after = 0
        """The turn that is being answered."""
        self._answer = 0
        """The turn that is being written; 0 while it has no token."""
        self._left = 0
        """How many tokens it may still have."""
        self._waits = False
        """Whether the model is asked as soon as it is there."""
        self._result_waits: str | None = None
        """A tool's result that is to be written behind a call that was changed."""
        self._grown_at = 0.0

    # ------------------------------------------------------------ what is known

    @property
    def conversation(self) -> Conversation:
        """The one that is open."""
        return self.journal.conversation

    @property
    def path(self) -> list[Said]:
        """The turns on the screen: the branch that is looked at, or answered."""
        if self.answering and not self._answer:
            return self.conversation.path_to(self._asked_after)
        return self.conversation.path()

    @property
    def answering(self) -> bool:
        """Whether the model has the word."""
        return self._purpose == "answer" or self._waits

    @property
    def answer(self) -> int:
        """The turn that is being written; 0 if none is, or if it has no token yet."""
        return self._answer if self._purpose == "answer" else 0

    @property
    def turn(self) -> Turn:
        """Who may write now."""
        if self.tools.phase == "running":
            return "tool"
        if self.tools.phase == "waiting":
            return "call"
        return "model" if self.answering else "person"

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way; a call that waits for the person is not."""
        if self.tools.phase == "waiting":
            return True
        return not (self.live.busy or self._waits or self._purpose != "")

    @property
    def speaks(self) -> bool:
        """Whether the model knows turns; else both sides write one document."""
        return self.live.model is None or self.live.model.has_template

    @property
    def context(self) -> int:
        """The model's window in tokens; 0 while there is no model."""
        return self.live.model.context if self.live.model is not None else 0

    @property
    def window(self) -> int:
        """The window in force."""
        return min(self.settings.window or self.context, self.context)

    @property
    def model_mark(self) -> str:
        """Name and weights of the model, as answers keep it."""
        model = self.live.model
        return f"{model.name} {model.weights_hash}" if model is not None else ""

    @property
    def sampler(self) -> SamplerSettings:
        """How tokens are drawn."""
        return SamplerSettings(temperature=self.settings.temperature, seed=self.settings.seed)

    # ------------------------------------------------------------ intents

    def answer_turn(self, after: int, continuing: Said | None = None) -> None:
        """Give the model the word after the turn `after`."""
        self.full, self.handed_back = False, ""
        self._asked_after = after
        self._answer = continuing.id if continuing is not None else 0
        self._left = self.settings.max_tokens
        self.tools.begin()
        if not self._there:
            self._waits, self._purpose = self.live.phase == "loading", ""
            self.journal.keep()
            return
        self._purpose, self.failure = "answer", None
        self._read(self.conversation.path_to(after), continuing.ids if continuing is not None else ())
        self.journal.keep()

    def all_back(self) -> None:
        """Nothing has fallen out until the model has read it all again."""
        self.begin_anew()
        self.show()

    def begin_anew(self) -> None:
        """Another branch will be read: nothing of it has fallen out yet."""
        self.dropped.clear()
        self.stream.forget_gone()

    def show(self) -> None:
        """Let the model read the branch that is looked at, and wait."""
        if not self._there:
            return
        path = self.conversation.path()
        self._answer, self.handed_back, self.full = 0, "", False
        if not path:
            self._purpose = ""
            self.stream.wipe()
            # The engine, too, shall have nothing of it any more.
            self._ask(Question(text="", sampler=self.sampler, max_tokens=0))
            return
        self._purpose = "show"
        last = path[-1]
        if last.role == "assistant" and last.ids and last.model == self.model_mark:
            self._asked_after, self._answer = last.parent, last.id
            self._read(path[:-1], last.ids)
        else:
            self._read(path, (), opens_answer=last.role != "assistant")

    def break_off(self) -> None:
        """The person does something else: what is written so far stays."""
        self._waits = False
        if self._purpose == "answer":
            self.live.break_off()
            self._finish(finished=False)

    def stop(self) -> None:
        """The model breaks off after the present token; what is written stays."""
        self._waits = False
        if self._purpose == "answer":
            self.live.break_off()
            if self.live.phase != "writing":
                self._finish(finished=False)

    def run_call(self, asked: str | None = None) -> None:
        """Let the tool do what the model asks for, or what it is changed to."""
        call = self.tools.call
        if call is None or self.tools.phase != "waiting":
            return
        self.failure = None
        if asked is not None and asked.strip() != call.asked:
            changed = Call(call.tool, from_units(to_units(asked)).strip())
            length = call_length(self.live.tokens, call)
            self.tools.run(changed.asked, self.settings.folder)
            self.live.write(call_parts(changed), take_back=length)
        else:
            self.tools.run(call.asked, self.settings.folder)

    def model_is_there(self) -> None:
        """It is loaded: it reads what there is, or answers what was asked meanwhile."""
        if self._waits:
            self._waits = False
            self.answer_turn(self._asked_after)
        else:
            self.all_back()

    # ------------------------------------------------------------ what comes back

    def apply(self, event: Event) -> None:
        """Take an event of the model's job."""
        before, overtaken = self.live.phase, self.live.overtaken
        self.live.apply(event)
        match event:
            case PromptSet() if before == "reading" and self.live.phase != "reading":
                self._prompt_is_read(event)
            case Failed() if not self.live.overtaken:
                self.failure = failure_of(event)
                self._finish(finished=False)
            case TokensDropped() if before == "reading" and not overtaken and self._purpose:
                self.stream.drop(event.first, event.count)
                self._has_room()
            case _ if self._purpose == "answer" and not overtaken:
                self._take_answer(event, before)
            case _:
                pass

    def _take_answer(self, event: Event, before: str) -> None:
        match event:
            case TokenSampled() if before == "writing":
                if event.model_s is not None:
                    self.speeds.append((event.position, event.model_s))
                self._left -= 1
                self.stream.add([event.token], self._speaking())
                self._grow()
            case TokensWritten() if before == "reading":
                self.stream.add(event.tokens, self._speaking())
                self._written_into()
            case TokensRemoved() if before == "reading":
                self.stream.cut(event.length)
            case GenerationEnded() if before == "writing":
                self._ended(event)
            case _:
                pass

    def take_tool(self, event: Event) -> None:
        """Take an event of the tool's job."""
        if isinstance(event, Failed):
            self.failure = failure_of(event)
        answered = self.tools.apply(event)
        if answered is None or self._purpose != "answer":
            return
        if self.live.phase == "reading":
            self._result_waits = answered.result
        else:
            self.live.write(result_parts(answered.result))

    # ------------------------------------------------------------ reading

    @property
    def _there(self) -> bool:
        return self.live.model is not None and self.live.phase not in ("empty", "loading", "lost")

    def _read(self, path: Sequence[Said], continuation: Sequence[int], opens_answer: bool = True) -> None:
        model = self.live.model
        assert model is not None
        staying = [turn for turn in path if turn.id not in self.dropped]
        self._messages = messages_of(staying, model.special_tokens)
        spoken = tuple(message.said for message in self._messages) if model.has_template else ()
        self._ask(
            Question(
                text="" if spoken else "".join(message.said.content for message in self._messages),
                messages=spoken,
                sampler=self.sampler,
                max_tokens=0,
                opens_answer=opens_answer,
                continuation=tuple(continuation),
                stop_texts=call_ends(model.special_tokens) if self.settings.tools else (),
            )
        )

    def _ask(self, question: Question) -> None:
        """What is still being read is of no interest any more."""
        if self.live.phase == "reading":
            self.live.break_off()
        self.live.ask(question)

    def _prompt_is_read(self, event: PromptSet) -> None:
        if not self._purpose:
            return
        if event.truncated:
            self.stream.cut_front(event.truncated)
        self.stream.set_prompt(event.tokens, self._messages)
        if self._answer:
            self.stream.claim(self._answer)
        self.stream.add(tool_roles(event.continuation), self._answer)
        if self.live.stop_reason == "stopped":
            self._finish(finished=False)
        else:
            self._make_room(event.truncated)

    # ------------------------------------------------------------ room

    def _make_room(self, unseen: int = 0) -> None:
        """Let fall out what has to, then go on."""
        path = self.conversation.path_to(self._asked_after) if self._answer else self.path
        staying = [turn for turn in path if turn.id not in self.dropped]
        answers = self._purpose == "answer"
        wanted = min(self._left, max(1, self.window // 4)) if answers else 0
        writing = answers and bool(self.live.tokens)
        need = Need(self.settings.policy, self.window, wanted, unseen, writing)
        room = make_room(staying, self.stream, need)
        if room.turns:
            if self.answer:
                self._grow_now(finished=False)
            self.dropped.update(room.turns)
            self.stream.drop_turns(room.turns)
            written = [token.id for token in self.live.tokens] if self._answer else []
            self._read(path, written, self.live.question is None or self.live.question.opens_answer)
        elif room.tokens:
            self.live.drop(0, room.tokens)
        elif room.full and answers:
            self.full = True
            self._finish(finished=False)
        else:
            self._has_room()

    def _has_room(self) -> None:
        """Everything is read, and fits."""
        if self._purpose == "show":
            self._shown()
        elif self._purpose == "answer":
            self._write_on()

    def _shown(self) -> None:
        """The branch that is looked at stands in the window."""
        self._purpose = ""
        last = self.conversation.path()[-1]
        if self._answer and last.finished and self.stream.tokens[-1].special:
            self.handed_back = self.stream.tokens[-1].text
        self._answer = 0

    def _write_on(self) -> None:
        room = max(0, self.window - len(self.stream))
        if min(self._left, room) > 0:
            self.live.go_on(min(self._left, room))
        elif self._left > 0:
            self._make_room()
        else:
            self._finish(finished=False)

    # ------------------------------------------------------------ the answer

    def _speaking(self) -> int:
        """The answer's turn, which is said with its first token."""
        if not self._answer:
            turn = self.conversation.say(
                "assistant", "", after=self._asked_after, model=self.model_mark, finished=False
            )
            self._answer = turn.id
            self.stream.claim(turn.id)
            self._grown_at = self._clock()
        return self._answer

    def _grow(self) -> None:
        """Keep what is written, now and then."""
        if self._clock() - self._grown_at >= _GROW_EVERY_S:
            self._grow_now(finished=False)

    def _grow_now(self, finished: bool) -> None:
        self._grown_at = self._clock()
        ids = tuple(token.id for token in self.live.tokens)
        content = self.live.text_with_specials if self.speaks else self.live.text
        self.conversation.grow(self._answer, content, ids, finished)
        self.journal.keep()

    def _ended(self, event: GenerationEnded) -> None:
        match event.stop_reason:
            case "end_token":
                self.handed_back = self.live.tokens[-1].text
                self._finish(finished=True)
            case "stop_text":
                self._call_came()
            case "max_tokens" | "context_full" if self._left > 0:
                self._make_room()
            case _:
                self._finish(finished=False)

    def _call_came(self) -> None:
        call = self.tools.meet(self.live.text_with_specials)
        if call is None:
            self._write_on()
        elif self.tools.calls > MOST_CALLS:
            self.failure = failure_of(
                Failed(
                    template="It has called tools {calls} times in one answer. Ask something else, or let it "
                    "go on.",
                    values={"calls": str(MOST_CALLS)},
                )
            )
            self._finish(finished=False)
        else:
            self._grow_now(finished=False)
            if not self.settings.stepwise:
                self.run_call()

    def _written_into(self) -> None:
        """A tool's result, or a changed call, stands in the stream."""
        self._grow_now(finished=False)
        if self._result_waits is not None:
            result, self._result_waits = self._result_waits, None
            self.live.write(result_parts(result))
        elif self.tools.phase == "none":
            self._write_on()

    def _finish(self, finished: bool) -> None:
        """The person has the word again."""
        if self._purpose == "answer" and self._answer:
            self._grow_now(finished)
        self._purpose, self._answer, self._result_waits = "", 0, None
        self.tools.end()
        self.journal.keep()
