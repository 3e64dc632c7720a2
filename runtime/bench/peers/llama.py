"""The model of a job in transformers: with random weights, or from a folder."""

import contender
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM


def device_of(job):
    """Where the job is done."""
    return "cuda" if job.get("cuda") else "cpu"


def about_device(job):
    """What is to be said of it."""
    return {"gpu": torch.cuda.get_device_name()} if device_of(job) == "cuda" else {}


def settle(job):
    """Waits until all that was asked of the device is done: CUDA answers before it is."""
    if device_of(job) == "cuda":
        torch.cuda.synchronize()


def begin(job):
    """What comes before any model."""
    if device_of(job) == "cuda" and not torch.cuda.is_available():
        contender.missing("torch sees no GPU with CUDA")
    torch.set_num_threads(job["threads"])


def load_model(job):
    """float32, from the job's folder."""
    begin(job)
    return AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32).to(device_of(job))


def new_model(job):
    """float32; the sizes are those of the job's ModelConfig."""
    begin(job)
    config = job["config"]
    torch.manual_seed(0)
    llama = LlamaConfig(
        vocab_size=config["vocabSize"],
        hidden_size=config["hiddenSize"],
        intermediate_size=config["intermediateSize"],
        num_hidden_layers=config["layerCount"],
        num_attention_heads=config["headCount"],
        num_key_value_heads=config["keyValueHeadCount"],
        max_position_embeddings=config["maxPositions"],
        rms_norm_eps=config["normEpsilon"],
        tie_word_embeddings=True,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    return LlamaForCausalLM(llama).to(device_of(job), torch.float32)
