"""What transformers gives to the choices of an evaluation by log-likelihood, beside what that evaluation has.

    anchorage eval --suite multiple_choice --data mixeval-hard --limit 50 --model MODEL --out EVALUATION
    python likelihoods.py MODEL EVALUATION --double 10

Models are float32 on both sides. Transformers' logits are taken to log-probabilities in float32, as lm-evaluation-harness does
by itself, and in float64, as it does with softmax_dtype=float64: torch's float32 softmax over a large vocabulary sums with an
error that is the same for every token. With --double the choices of so many items, those of the fewest tokens, are computed
in float64 throughout. Differences are in nats: of sums over a choice's tokens, and of such a sum divided by their number.
"""

import argparse
import json
import math
import pathlib
import sys

import torch
import transformers


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="the model's folder")
    parser.add_argument("evaluation", type=pathlib.Path, help="the folder of --out, with its items.jsonl")
    parser.add_argument("--chat", action="store_true", help="the evaluation was made with --chat")
    parser.add_argument("--double", type=int, default=0, metavar="N", help="so many items in float64 too")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def encoded(tokenizer, item, is_chat):
    """Prompt and choices as lm-evaluation-harness joins and parts them (lm_eval/api/model.py, _encode_pair)."""
    context, delimiter, special = item["prompt"], " ", {}
    if is_chat:
        messages = [{"role": "user", "content": context}]
        context = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        delimiter, special = "", {"add_special_tokens": False}
    stripped = context.rstrip()
    for continuation in item["continuations"]:
        whole = tokenizer.encode(context + delimiter + continuation, **special)
        before = tokenizer.encode(stripped, **special)
        yield before, whole[len(before) :]


def logps(model, row, dtype):
    """The log-probability of a choice, its softmax taken in a type of its own."""
    before, ids = row["before"], row["ids"]
    with torch.inference_mode():
        logits = model(torch.tensor([before + ids]), logits_to_keep=len(ids) + 1).logits[0, :-1]
        return torch.log_softmax(logits, -1, dtype).gather(1, torch.tensor(ids)[:, None]).sum().item()


def compared(rows, one, other):
    """How far two of the numbers of each row are apart."""
    sums = [abs(row[one] - row[other]) for row in rows]
    by_token = [each / row["tokens"] for each, row in zip(sums, rows)]
    relative = [each / abs(row[other]) for each, row in zip(sums, rows)]
    return {
        "largest": max(sums),
        "largest_per_token": max(by_token),
        "largest_relative": max(relative),
        "rms_per_token": math.sqrt(sum(each * each for each in by_token) / len(rows)),
    }


def main():
    given = arguments()
    torch.set_num_threads(given.threads)
    transformers.utils.logging.disable_progress_bar()
    tokenizer = transformers.AutoTokenizer.from_pretrained(given.model)
    model = transformers.AutoModelForCausalLM.from_pretrained(given.model, dtype=torch.float32).eval()
    items = [json.loads(line) for line in (given.evaluation / "items.jsonl").open()]

    rows, other_tokens = [], 0
    for item in items:
        for (before, ids), measured in zip(encoded(tokenizer, item, given.chat), item["likelihoods"]):
            row = {"item": item["item"], "before": before, "ids": ids, "tokens": len(ids)}
            row["ours"] = measured["logps"]
            row["float32"] = logps(model, row, torch.float32)
            row["float32_softmax_in_float64"] = logps(model, row, torch.float64)
            other_tokens += len(ids) != measured["tokens"]
            rows.append(row)
    found = {
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "items": len(items),
        "choices": len(rows),
        "tokens": sum(row["tokens"] for row in rows),
        "choices_of_other_tokens": other_tokens,
        "ours_beside_transformers": {
            name: compared(rows, "ours", name) for name in ("float32", "float32_softmax_in_float64")
        },
    }
    if given.double > 0:
        length = {item["item"]: 0 for item in items}
        for row in rows:
            length[row["item"]] += len(row["before"]) + row["tokens"]
        chosen = sorted(length, key=length.get)[: given.double]
        exact = [row for row in rows if row["item"] in chosen]
        model = model.double()
        for row in exact:
            row["float64"] = logps(model, row, torch.float64)
        found["beside_float64"] = {"items": len(chosen), "choices": len(exact)} | {
            name: compared(exact, name, "float64") for name in ("ours", "float32", "float32_softmax_in_float64")
        }
    json.dump(found, sys.stdout, indent=2)
    print()


main()
