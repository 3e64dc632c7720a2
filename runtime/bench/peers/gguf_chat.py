"""A folder's Llama with a byte-level BPE vocabulary as a file that llama.cpp's servers take: `gguf_chat.py FOLDER FILE [PRE]`.

PRE is llama.cpp's name of how the tokenizer splits words, such as smollm or llama-bpe.
"""

import json
import os
import sys

import gguf
from gguf_file import write_gguf


def add_vocabulary(writer, folder, pre):
    with open(os.path.join(folder, "tokenizer.json")) as file:
        tokenizer = json.load(file)
    with open(os.path.join(folder, "tokenizer_config.json")) as file:
        config = json.load(file)
    model = tokenizer["model"]
    if model["type"] != "BPE":
        raise NotImplementedError("only byte-level BPE is made into a vocabulary of llama.cpp")
    special = {each["id"]: each for each in tokenizer["added_tokens"]}
    by_id = {id: token for token, id in model["vocab"].items()} | {id: each["content"] for id, each in special.items()}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list([by_id[id] for id in sorted(by_id)])
    writer.add_token_types(
        [gguf.TokenType.CONTROL if id in special else gguf.TokenType.NORMAL for id in sorted(by_id)]
    )
    writer.add_token_merges([each if isinstance(each, str) else " ".join(each) for each in model["merges"]])
    ids = {token: id for id, token in by_id.items()}
    for name, add in (
        ("bos_token", writer.add_bos_token_id),
        ("eos_token", writer.add_eos_token_id),
        ("pad_token", writer.add_pad_token_id),
    ):
        token = config.get(name)
        token = token["content"] if isinstance(token, dict) else token
        if token in ids:
            add(ids[token])
    writer.add_add_bos_token(False)
    writer.add_chat_template(template_of(folder, config))


def template_of(folder, config):
    path = os.path.join(folder, "chat_template.jinja")
    if not os.path.exists(path):
        return config["chat_template"]
    with open(path) as file:
        return file.read()


if __name__ == "__main__":
    folder, path, pre = (*sys.argv[1:], "smollm")[:3]
    write_gguf(folder, path, lambda writer: add_vocabulary(writer, folder, pre))
