"""transformers' generate over all requests of a job at once, each row stopping at its own length.

--batches N: the requests sorted by length and cut into N batches, so that fewer rows wait for the longest.
"""

import sys

import contender

job = contender.read_job()
try:
    import torch
    import transformers
    from llama import about_device, device_of, new_model, settle
    from transformers import StoppingCriteria, StoppingCriteriaList
except ImportError as error:
    contender.missing(error)

model = new_model(job).eval()
model.generation_config.eos_token_id = None
batches = int(sys.argv[sys.argv.index("--batches") + 1]) if "--batches" in sys.argv else 1


class OwnLength(StoppingCriteria):
    """Says of each row whether it has as many new tokens as its request wants."""

    def __init__(self, prompt_tokens, new_tokens):
        self.ends = prompt_tokens + new_tokens

    def __call__(self, input_ids, scores, **_):
        return self.ends <= input_ids.shape[1]


class Batch:
    def __init__(self, requests):
        self.prompts = torch.tensor([request["promptIds"] for request in requests], device=device_of(job))
        self.new_tokens = torch.tensor([request["newTokens"] for request in requests], device=device_of(job))

    def generate(self):
        prompt_tokens = self.prompts.shape[1]
        longest = int(self.new_tokens.max())
        with torch.autocast(device_of(job), dtype=torch.bfloat16, enabled=job["precision"] == "bfloat16"):
            sequences = model.generate(
                self.prompts,
                attention_mask=torch.ones_like(self.prompts),
                do_sample=True,
                temperature=1.0,
                top_k=0,
                max_new_tokens=longest,
                stopping_criteria=StoppingCriteriaList([OwnLength(prompt_tokens, self.new_tokens)]),
            )
        assert sequences.shape == (len(self.prompts), prompt_tokens + longest)


requests = job["requests"]
if batches > 1:
    requests = sorted(requests, key=lambda request: request["newTokens"])
size = -(-len(requests) // batches)
work = [Batch(requests[begin : begin + size]) for begin in range(0, len(requests), size)]


def once():
    for batch in work:
        batch.generate()
    settle(job)


contender.serve(
    once,
    transformers=transformers.__version__,
    **about_device(job),
)
