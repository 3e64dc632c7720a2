"""A plain training step: transformers' model, APO-zero, torch's RMSprop, and nothing besides.

The reference's log-probabilities are numbers that come with the pairs, as ours do. With a LoRA rank in the job, PEFT's
adapter on every linear layer learns. --compile: the model through torch.compile. --checkpointing: activations are
computed again in the backward pass.
"""

import sys

import contender

job = contender.read_job()
try:
    import torch
    from llama import about_device, device_of, new_model, settle

    if "loraRank" in job:
        from peft import LoraConfig, get_peft_model
except ImportError as error:
    contender.missing(error)

BETA = 0.1
LEARNING_RATE = 1e-6

model = new_model(job)
if "--checkpointing" in sys.argv:
    model.gradient_checkpointing_enable()
    model.enable_input_require_grads()
    model.config.use_cache = False
if "loraRank" in job:
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    adapter = LoraConfig(r=job["loraRank"], lora_alpha=2 * job["loraRank"], target_modules=targets, task_type="CAUSAL_LM")
    model = get_peft_model(model, adapter)
model.train()
if "--compile" in sys.argv:
    model.forward = torch.compile(model.forward)
learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
optimizer = torch.optim.RMSprop(learned, lr=LEARNING_RATE)

pairs = job["pairs"]
sequences = [pair["promptIds"] + pair[side] for side in ("chosenIds", "rejectedIds") for pair in pairs]
device = device_of(job)
tokens = torch.tensor(sequences, device=device)
# Of the tokens that are predicted, those that belong to a completion.
is_completion = torch.zeros(len(sequences), tokens.shape[1] - 1, device=device)
for row, pair in enumerate(pairs + pairs):
    is_completion[row, len(pair["promptIds"]) - 1 :] = 1
with torch.no_grad():
    reference_logps = -is_completion.sum(-1) * torch.log(torch.tensor(float(job["config"]["vocabSize"])))


def completion_logps():
    with torch.autocast(device, dtype=torch.bfloat16, enabled=job["precision"] == "bfloat16"):
        logits = model(input_ids=tokens).logits
    logps = torch.log_softmax(logits[:, :-1].float(), dim=-1)
    picked = logps.gather(-1, tokens[:, 1:].unsqueeze(-1)).squeeze(-1)
    return (picked * is_completion).sum(-1)


def step():
    optimizer.zero_grad()
    rewards = BETA * (completion_logps() - reference_logps)
    chosen, rejected = rewards.chunk(2)
    loss = (torch.sigmoid(rejected) - torch.sigmoid(chosen)).mean()
    loss.backward()
    optimizer.step()
    settle(job)


try:
    contender.serve(
        step,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        learnedParameters=sum(parameter.numel() for parameter in learned),
        torch=torch.__version__,
        **about_device(job),
    )
except torch._dynamo.exc.BackendCompilerFailed as error:
    contender.missing(error)
