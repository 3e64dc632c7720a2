"""A step of TRL's DPOTrainer as it comes, but for gradient checkpointing, which would cost it a second forward pass.

The trainer runs its own loop; a callback holds it before each step until one is asked for, and times the step.
"""

import tempfile
import time

import contender

job = contender.read_job()
try:
    import torch
    from datasets import Dataset
    from llama import about_device, device_of, new_model, settle
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast, TrainerCallback
    from trl import DPOConfig, DPOTrainer, __version__ as trl_version
except ImportError as error:
    contender.missing(error)

WARM_UPS = 2
STEPS = 1_000_000

# One word for each id, so that text gives back the ids of the job. The special ones must not begin another word: a
# tokenizer finds them inside it.
SPECIAL = ["<pad>", "<s>", "</s>"]
vocabulary = SPECIAL + [f"w{token}" for token in range(len(SPECIAL), job["config"]["vocabSize"])]
inner = Tokenizer(models.WordLevel({word: token for token, word in enumerate(vocabulary)}, unk_token=vocabulary[3]))
inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=inner, pad_token=SPECIAL[0], bos_token=SPECIAL[1], eos_token=SPECIAL[2]
)


def text(ids):
    written = "".join(f" {vocabulary[token]}" for token in ids)
    assert tokenizer(written)["input_ids"] == list(ids)
    return written


rows = [
    {
        "prompt": text(pair["promptIds"]),
        "chosen": text(pair["chosenIds"]),
        "rejected": text(pair["rejectedIds"]),
    }
    for pair in job["pairs"]
]


class Turns(TrainerCallback):
    def __init__(self):
        self.left = WARM_UPS
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
                contender.finish(parameters=parameters, learnedParameters=parameters, trl=trl_version, **about_device(job))
                # There is no way out of the loop before the step that is about to begin.
                raise SystemExit(0)
            self.left = count
        self.begin = time.perf_counter()

    def on_step_end(self, args, state, control, **_):
        settle(job)
        self.left -= 1
        if self.seconds is not None:
            self.seconds.append(time.perf_counter() - self.begin)


with tempfile.TemporaryDirectory() as folder:
    # The trainer loads its reference by the name that the policy was loaded from.
    new_model(job).save_pretrained(folder)
    policy = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    parameters = sum(parameter.numel() for parameter in policy.parameters())
    config = DPOConfig(
        output_dir=folder,
        loss_type=["apo_zero"],
        optim="rmsprop",
        learning_rate=1e-6,
        per_device_train_batch_size=len(rows),
        max_steps=STEPS,
        max_length=None,
        bf16=job["precision"] == "bfloat16",
        gradient_checkpointing=False,
        use_cpu=device_of(job) == "cpu",
        logging_steps=STEPS,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )
    # Several batches an epoch: the loader that an epoch begins with is no part of a step.
    dataset = Dataset.from_list(rows * 32)
    DPOTrainer(
        model=policy, args=config, train_dataset=dataset, processing_class=tokenizer, callbacks=[Turns()]
    ).train()
