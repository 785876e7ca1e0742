"""An OpenAI-compatible server (vLLM, llama.cpp, Ollama, LM Studio) as one more kind of model.

Nothing is contacted at import: a connection opens when the first item of a generator is asked for, and is
closed when the generator ends or is closed. No torch.
"""
