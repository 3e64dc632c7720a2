"""transformers' generate: greedy answers to all prompts of a job in one batch, padded on the left."""

import contender

job = contender.read_job()
try:
    import torch
    import transformers
    from llama import about_device, device_of, load_model, settle
except ImportError as error:
    contender.missing(error)

model = load_model(job).eval()
ends = job["endTokenIds"]
# What a checkpoint says of sampling would only be warned about.
model.generation_config = transformers.GenerationConfig(
    do_sample=False, eos_token_id=ends or None, pad_token_id=job["padTokenId"]
)
answers = []


def answered(prompts, most):
    longest = max(map(len, prompts))
    lengths = torch.tensor([len(prompt) for prompt in prompts], device=device_of(job))
    tokens = torch.tensor(
        [[job["padTokenId"]] * (longest - len(prompt)) + prompt for prompt in prompts], device=device_of(job)
    )
    mask = (torch.arange(longest, device=device_of(job)) >= longest - lengths.unsqueeze(1)).long()
    with torch.inference_mode():
        sequences = model.generate(tokens, attention_mask=mask, max_new_tokens=most)
    settle(job)
    return [up_to_end(row) for row in sequences[:, longest:].tolist()]


def up_to_end(ids):
    """The answer with the token that ends it, without what pads it."""
    found = [place for place, token in enumerate(ids) if token in ends]
    return ids[: found[0] + 1] if found else ids


def once():
    answers[:] = answered(job["prompts"], job["maxNewTokens"])


def warm_up():
    answered(job["prompts"][:1], 2)


def about():
    return {
        "answers": answers,
        "newTokens": sum(map(len, answers)),
        "transformers": transformers.__version__,
        **about_device(job),
    }


contender.serve(once, warm_up=warm_up, about_at_end=about)
