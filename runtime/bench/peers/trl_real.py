"""TRL's DPOTrainer on pairs of real lengths: its steps, or its pass of the reference, over the very tokens that ours gets.

A step takes the reference's log-probabilities from the data set, as after `precompute_ref_log_probs`. It runs in
micro-batches of the job's size, each padded to its longest sequence. --checkpointing: as TRL comes, activations computed
again in the backward pass.
"""

import sys
import tempfile
import time

import contender

job = contender.read_job()
try:
    import torch
    from datasets import Dataset
    from llama import about_device, device_of, load_model, settle
    from tokenizers import Tokenizer, models
    from torch.utils.data import SequentialSampler
    from transformers import PreTrainedTokenizerFast, TrainerCallback
    from trl import DPOConfig, DPOTrainer, __version__ as trl_version

    if "loraRank" in job:
        from peft import LoraConfig
except ImportError as error:
    contender.missing(error)

batch_size, micro = job["batchSize"], min(job["peerMicroBatchSize"], job["batchSize"])
if batch_size % micro:
    contender.missing(f"micro-batches of {micro} do not make up a batch of {batch_size}")
is_training = job["bench"] == "real-training"

# Tokens come as numbers; the trainer wants a tokenizer to ask which of them pads.
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel({"<pad>": 0, "<s>": 1, "</s>": 2}, unk_token="</s>")),
    pad_token="<pad>",
    bos_token="<s>",
    eos_token="</s>",
)


def row(pair):
    """A pair as the trainer's own tokenization leaves it."""
    given = {"prompt_ids": pair["promptIds"], "chosen_ids": pair["chosenIds"], "rejected_ids": pair["rejectedIds"]}
    if is_training:
        for side in ("chosen", "rejected"):
            given[f"ref_{side}_logps"] = job["referenceTokenLogp"] * len(pair[f"{side}Ids"])
    return given


class GivenTokens(DPOTrainer):
    """The trainer on tokens that are there already, in their order."""

    def _prepare_dataset(self, dataset, *_, **__):
        return dataset

    def _precompute_ref_logps(self, dataset, *_, **__):
        return dataset

    def _get_train_sampler(self, *_, **__):
        return SequentialSampler(self.train_dataset)


def new_trainer(rows, folder, **config):
    adapter = None
    if "loraRank" in job:
        rank = job["loraRank"]
        adapter = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")
    arguments = DPOConfig(
        output_dir=folder,
        optim="rmsprop",
        lr_scheduler_type="constant",
        per_device_train_batch_size=micro,
        gradient_accumulation_steps=batch_size // micro,
        precompute_ref_log_probs=True,
        gradient_checkpointing="--checkpointing" in sys.argv,
        max_length=None,
        bf16=False,
        use_cpu=device_of(job) == "cpu",
        dataloader_pin_memory=False,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        **config,
    )
    return GivenTokens(
        model=load_model(job),
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=adapter,
        callbacks=[Turns()] if is_training else [],
    )


losses, norms = [], []


class Turns(TrainerCallback):
    """Holds the trainer's own loop before each step until one is asked for, and times the step."""

    def __init__(self):
        # The first batch is there to warm up.
        self.left = 1
        self.seconds = None

    def on_step_begin(self, args, state, control, **_):
        if self.left == 0:
            if self.seconds is None:
                contender.ready()
            else:
                contender.took(self.seconds)
            self.seconds = []
            count = contender.wanted()
            if count is None:
                finish(losses=losses, gradNorms=norms)
            self.left = count
        self.begin = time.perf_counter()

    def on_step_end(self, args, state, control, **_):
        settle(job)
        self.left -= 1
        if self.seconds is not None:
            self.seconds.append(time.perf_counter() - self.begin)

    def on_log(self, args, state, control, logs, **_):
        if "grad_norm" in logs and self.seconds is not None:
            losses.append(logs["loss"])
            norms.append(logs["grad_norm"])


def finish(**about):
    contender.finish(trl=trl_version, torch=torch.__version__, microBatch=micro, **about_device(job), **about)
    # There is no way out of the trainer's loop before the step that is about to begin.
    raise SystemExit(0)


def train(folder):
    # One batch more than will be asked for: the loop is left when its step begins.
    pairs = job["warmUpPairs"] + job["pairs"] + job["warmUpPairs"]
    trainer = new_trainer(
        [row(pair) for pair in pairs],
        folder,
        loss_type=[job["objective"]],
        beta=job["beta"],
        learning_rate=job["learningRate"],
        max_grad_norm=job["maxGradNorm"],
        max_steps=len(pairs) // batch_size,
    )
    trainer.train()


def score(folder):
    trainer = new_trainer([row(pair) for pair in job["pairs"]], folder)
    model = trainer.model.eval()
    collate = trainer.data_collator
    logps = []

    def scored(pairs):
        both = []
        for begin in range(0, len(pairs), micro):
            batch = collate([row(pair) for pair in pairs[begin : begin + micro]])
            batch = {name: value.to(device_of(job)) for name, value in batch.items()}
            chosen, rejected = trainer.compute_ref_log_probs(model, batch)
            both += [value for pair in zip(chosen.tolist(), rejected.tolist()) for value in pair]
        settle(job)
        return both

    scored(job["warmUpPairs"])
    contender.ready()
    place = 0
    while (count := contender.wanted()) is not None:
        seconds = []
        for _ in range(count):
            begin = time.perf_counter()
            logps += scored(job["pairs"][place : place + batch_size])
            seconds.append(time.perf_counter() - begin)
            place = (place + batch_size) % len(job["pairs"])
        contender.took(seconds)
    finish(logps=logps)


with tempfile.TemporaryDirectory() as folder:
    (train if is_training else score)(folder)
