"""Chat templates by the names that people know them by."""

_MARKS = (
    ("<|im_sep|>", "ChatML with <|im_sep|>"),
    ("<|im_start|>", "ChatML"),
    ("<|start_header_id|>", "Llama 3"),
    ("<start_of_turn>", "Gemma"),
    ("[INST]", "[INST]"),
    ("<|assistant|>", "Zephyr"),
)


def template_name(template: str) -> str:
    """What kind of template this Jinja text is; empty if it is none of those that are known."""
    return next((name for mark, name in _MARKS if mark in template), "")
