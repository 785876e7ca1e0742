"""ChatML as the models made here speak it: the template, its special tokens, and the lines that set a mode.

Source: OpenAI's ChatML; `<think>` as in DeepSeek-R1. Tool calls as in the talk: the model writes a call into
its own turn, generation stops at the call's end, the program writes the result behind it, between
`RESULT_OPEN` and `RESULT_CLOSE`, and the model goes on in the same turn. A message of the role `tool` is such
a result; it leaves the assistant's turn open.
"""

TURN_OPEN, TURN_CLOSE = "<|im_start|>", "<|im_end|>"
THINK_OPEN, THINK_CLOSE = "<think>", "</think>"
SEARCH_OPEN, SEARCH_CLOSE = "<|search_start|>", "<|search_end|>"
CALCULATE_OPEN, CALCULATE_CLOSE = "<|calc_start|>", "<|calc_end|>"
RESULT_OPEN, RESULT_CLOSE = "<|result_start|>", "<|result_end|>"

WRITTEN_BY_ASSISTANT = (
    THINK_OPEN,
    THINK_CLOSE,
    SEARCH_OPEN,
    SEARCH_CLOSE,
    CALCULATE_OPEN,
    CALCULATE_CLOSE,
)
"""Special tokens that may stand within what an assistant says; in nobody else's words are they tokens."""
SPECIAL_TOKENS = (TURN_OPEN, TURN_CLOSE, *WRITTEN_BY_ASSISTANT, RESULT_OPEN, RESULT_CLOSE)
"""What post-training adds to a vocabulary, in this order."""

THINK_LINE = "Think before you answer."
"""As the system's message: the answer to a problem begins with thinking."""
DIRECT_LINE = "Answer at once."
"""The answer comes without thinking; so it does where there is no such line."""
TOOLS_LINE = "You may search and calculate."
"""Tools are at hand. Without it, what is not known is said not to be known."""

TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- set inside = not loop.first and messages[loop.index0 - 1].role == 'tool' -%}"
    "{%- if message.role == 'tool' -%}"
    "{{ '<|result_start|>' + message.content + '<|result_end|>' }}"
    "{%- else -%}"
    "{%- if inside and message.role != 'assistant' -%}{{ '<|im_end|>\n' }}{%- endif -%}"
    "{%- if not inside or message.role != 'assistant' -%}"
    "{{ '<|im_start|>' + message.role + '\n' }}"
    "{%- endif -%}"
    "{{ message.content }}"
    "{%- if message.role != 'assistant' or loop.last or messages[loop.index0 + 1].role != 'tool' -%}"
    "{{ '<|im_end|>\n' }}"
    "{%- endif -%}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt and (not messages or messages[-1].role != 'tool') -%}"
    "{{ '<|im_start|>assistant\n' }}"
    "{%- endif -%}"
)
"""For tokenizer_config.json. An assistant's turn that ends in a tool's result is still open."""
