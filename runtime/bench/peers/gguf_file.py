"""A folder's Llama as a float32 file of llama.cpp's, without a vocabulary unless told one."""

import glob
import json
import os

import gguf
import numpy as np

LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
WHOLE = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def no_vocabulary(writer):
    writer.add_tokenizer_model("none")


def write_gguf(folder, path, add_vocabulary=no_vocabulary):
    """Raises NotImplementedError for a model that is no plain Llama."""
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    if config["model_type"] != "llama" or config.get("rope_scaling"):
        raise NotImplementedError("only Llamas without rotary scaling are made into a file for llama.cpp")
    heads = config["num_attention_heads"]
    key_heads = config.get("num_key_value_heads") or heads
    rotary = config.get("rope_parameters") or config
    writer = gguf.GGUFWriter(path, "llama")
    add_vocabulary(writer)
    writer.add_vocab_size(config["vocab_size"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(key_heads)
    writer.add_rope_dimension_count(config.get("head_dim") or config["hidden_size"] // heads)
    writer.add_rope_freq_base(rotary.get("rope_theta", 10_000.0))
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    for name, value in tensors(folder):
        if name == "lm_head.weight" and config.get("tie_word_embeddings"):
            continue
        if ".q_proj." in name:
            value = interleaved(value, heads)
        if ".k_proj." in name:
            value = interleaved(value, key_heads)
        writer.add_tensor(renamed(name), value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tensors(folder):
    from safetensors import safe_open

    for path in sorted(glob.glob(os.path.join(folder, "*.safetensors"))):
        with safe_open(path, framework="numpy") as file:
            for name in file.keys():
                yield name, np.ascontiguousarray(file.get_tensor(name), dtype=np.float32)


def renamed(name):
    stem = name.removesuffix(".weight")
    if stem in WHOLE:
        return f"{WHOLE[stem]}.weight"
    _, _, layer, part = stem.split(".", 3)
    return f"blk.{layer}.{LAYER[part]}.weight"


def interleaved(weight, heads):
    """llama.cpp rotates neighbouring entries of a head, a checkpoint of Hugging Face's its two halves."""
    rows, width = weight.shape
    halves = weight.reshape(heads, 2, rows // heads // 2, width)
    return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(rows, width)
