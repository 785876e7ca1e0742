"""Models from the Hugging Face hub, only when the person asks. No torch.

`huggingface_hub` knows the hub: addresses, access, what is in a repository. The bytes are fetched here, so
that a download is a generator like all long work: it can be watched, closed at any moment, and goes on where
it was.
"""
