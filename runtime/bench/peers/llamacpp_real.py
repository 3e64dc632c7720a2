"""llama.cpp through llama-cpp-python: greedy answers to all prompts of a job in one batch of sequences, in float32.

Its file is written from the model's folder first, without a vocabulary, since texts come as tokens.
"""

import os
import tempfile

import contender

job = contender.read_job()
try:
    import gguf
    import llama_cpp
    import numpy as np
    from gguf_file import write_gguf
except ImportError as error:
    contender.missing(error)

# Tokens that one call takes; prompts are put together up to here.
MOST_AT_ONCE = 4096

prompts, ends, most = job["prompts"], set(job["endTokenIds"]), job["maxNewTokens"]
folder = tempfile.TemporaryDirectory()
path = os.path.join(folder.name, "model.gguf")
try:
    write_gguf(job["model"], path)
except NotImplementedError as error:
    contender.missing(error)

# It explains itself at length on standard error.
quiet = llama_cpp.llama_log_callback(lambda *_: None)
llama_cpp.llama_log_set(quiet, None)
llama_cpp.llama_backend_init()
options = llama_cpp.llama_model_default_params()
options.n_gpu_layers = 0
model = llama_cpp.llama_model_load_from_file(path.encode(), options)
if not model:
    contender.missing("llama.cpp does not load the file that was made of the model")
vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))


def new_context():
    """Room for all sequences side by side, keys and values in float32."""
    longest = max(map(len, prompts)) + most
    options = llama_cpp.llama_context_default_params()
    options.n_ctx = -(-longest // 256) * 256 * len(prompts)
    options.n_batch = MOST_AT_ONCE
    options.n_seq_max = len(prompts)
    options.n_threads = options.n_threads_batch = job["threads"]
    options.type_k = options.type_v = gguf.GGMLQuantizationType.F32
    options.kv_unified = False
    return llama_cpp.llama_init_from_model(model, options)


context = new_context()
batch = llama_cpp.llama_batch_init(MOST_AT_ONCE, 0, 1)
answers = []


def predict(entries):
    """The likeliest next token of each sequence whose last token is among these (token, position, sequence, is_last)."""
    batch.n_tokens = len(entries)
    for place, (token, position, sequence, is_last) in enumerate(entries):
        batch.token[place] = token
        batch.pos[place] = position
        batch.n_seq_id[place] = 1
        batch.seq_id[place][0] = sequence
        batch.logits[place] = is_last
    if (code := llama_cpp.llama_decode(context, batch)) != 0:
        raise RuntimeError(f"llama_decode gave {code}")
    likeliest = {}
    for place, (_, _, sequence, is_last) in enumerate(entries):
        if is_last:
            logits = np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(context, place), shape=(vocabulary,))
            likeliest[sequence] = int(logits.argmax())
    return likeliest


def prefill(asked):
    likeliest, waiting = {}, []
    for sequence, prompt in enumerate(asked):
        entries = [(token, position, sequence, position == len(prompt) - 1) for position, token in enumerate(prompt)]
        if waiting and len(waiting) + len(entries) > MOST_AT_ONCE:
            likeliest |= predict(waiting)
            waiting = []
        waiting += entries
    return likeliest | predict(waiting)


def answered(asked, most):
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
    given = [[] for _ in asked]
    likeliest = prefill(asked)
    while likeliest:
        entries = []
        for sequence, token in likeliest.items():
            answer = given[sequence]
            answer.append(token)
            if token not in ends and len(answer) < most:
                entries.append((token, len(asked[sequence]) + len(answer) - 1, sequence, True))
        likeliest = predict(entries) if entries else {}
    return given


def once():
    answers[:] = answered(prompts, most)


contender.serve(
    once,
    warm_up=lambda: answered(prompts[:1], 2),
    about_at_end=lambda: {"answers": answers, "newTokens": sum(map(len, answers))},
    llamaCppPython=llama_cpp.__version__,
)
