"""The model of a job, with random weights, in transformers."""

import torch
from transformers import LlamaConfig, LlamaForCausalLM


def new_model(job):
    """float32; the sizes are those of the job's ModelConfig."""
    config = job["config"]
    torch.set_num_threads(job["threads"])
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
    return LlamaForCausalLM(llama).to(torch.float32)
