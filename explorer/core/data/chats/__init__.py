"""Conversations to learn from, made from the world and the problems."""

from explorer.core.data.chats.chat import Chat, Kind, Split, problem_prompt
from explorer.core.data.chats.mixture import ASSISTANT, HONEST, Mixture, chats

__all__ = ["ASSISTANT", "HONEST", "Chat", "Kind", "Mixture", "Split", "chats", "problem_prompt"]
