/**
 * LoRA adapters of a server that takes them up while it serves, by its own endpoints.
 *
 * | | vLLM | SGLang |
 * |---|---|---|
 * | where | `/v1/load_lora_adapter`, `/v1/unload_lora_adapter` | the same without `/v1` |
 * | started with | `VLLM_ALLOW_RUNTIME_LORA_UPDATING=True`, `--enable-lora` | `--enable-lora` |
 * | loaded already | 400, "has already been loaded" | 400, "already exists" |
 * | no such folder | 404, "No adapter found" | 400, "Repo id must be in the form": it takes the path for a name on the Hub |
 * | no such adapter | 404, "cannot be found" | 400, "does not exist" |
 * | a request names one as | its `model` | `MODEL:NAME`, before that `lora_path` |
 *
 * https://docs.vllm.ai/en/latest/features/lora.html and https://docs.sglang.ai/advanced_features/lora.html
 */
import * as z from 'zod';
import {type Failure, failure, jsonIn, oneLine} from './reply.js';

export type AdapterReply =
  | {readonly kind: 'done'}
  /** It is loaded already, or unloaded: as was asked for. */
  | {readonly kind: 'already'}
  /** The server takes no adapters while it serves. */
  | {readonly kind: 'unsupported'; readonly reason: string}
  /** The server sees no adapter at that path, which it may a moment later where the disk is another machine's. */
  | {readonly kind: 'unseen'; readonly reason: string}
  /** It will not have this adapter. */
  | {readonly kind: 'refused'; readonly reason: string}
  /** It will not have this key. */
  | {readonly kind: 'denied'; readonly reason: string}
  /** It may the next time. */
  | {readonly kind: 'failed'; readonly reason: string};

export interface AdapterServer {
  /** @param path of the adapter's folder, as the server sees it. */
  load(name: string, path: string): Promise<AdapterReply>;
  unload(name: string): Promise<AdapterReply>;
  /** The names of what is loaded, the model among them; none where it keeps no list. */
  loaded(): Promise<readonly string[]>;
  /** How a request names an adapter: fields of its body. */
  naming(name: string): {readonly model: string; readonly body: Readonly<Record<string, unknown>>};
}

export type AdapterAction = 'load_lora_adapter' | 'unload_lora_adapter';
/** Sends one such request, and resolves to what was replied to it. */
export type SendAdapter = (
  url: string,
  body: Readonly<Record<string, unknown>>,
) => Promise<{readonly kind: 'text'; readonly text: string} | Failure>;

/** Opens nothing yet: which of the two kinds a server is shows with the first request that it understands. */
export const openAdapterServer = (
  {baseUrl, model}: {readonly baseUrl: string; readonly model: string},
  send: SendAdapter,
  list: () => Promise<{readonly kind: 'models'; readonly models: readonly string[]} | Failure>,
): AdapterServer => {
  const {origin, pathname} = new URL(baseUrl);
  const path = pathname.replace(/\/+$/, '');
  const places = [...new Set([`${origin}${path}`, `${origin}${path.replace(/\/v1$/, '')}`])];
  /** The one that has understood a request. */
  let known: string | undefined;

  const ask = async (
    action: AdapterAction,
    body: Readonly<Record<string, unknown>>,
  ): Promise<AdapterReply> => {
    let last: AdapterReply = {kind: 'unsupported', reason: 'nothing was asked'};
    for (const place of known === undefined ? places : [known]) {
      const sent = await send(`${place}/${action}`, body);
      last = sent.kind === 'text' ? successIn(action, sent.text) : replyIn(action, sent);
      if (last.kind === 'failed' || last.kind === 'denied') break;
      if (last.kind !== 'unsupported' || isNotEnabled(last.reason)) {
        known = place;
        break;
      }
    }
    return last;
  };

  return {
    load: (name, lora) => ask('load_lora_adapter', {lora_name: name, lora_path: lora}),
    unload: (name) => ask('unload_lora_adapter', {lora_name: name}),
    async loaded() {
      const listed = await list();
      return listed.kind === 'models' ? listed.models : [];
    },
    naming: (name) =>
      known !== undefined && known === places[1]
        ? {model: `${model}:${name}`, body: {lora_path: name}}
        : {model: name, body: {}},
  };
};

const sglang = z.object({success: z.boolean(), error_message: z.string().nullish()});

/** Both say so in their answer, vLLM in words; a page of something else that answers everything does not. */
const successIn = (action: AdapterAction, text: string): AdapterReply => {
  const {success, error_message: problem} = sglang.safeParse(jsonIn(text)).data ?? {};
  if (success === false)
    return replyIn(action, {
      ...failure('refused', oneLine(problem ?? text)),
      ...{status: 400, said: oneLine(problem ?? text, 4000)},
    });
  return success || /^"?success\b/i.test(text)
    ? {kind: 'done'}
    : {kind: 'unsupported', reason: `not an answer about adapters: ${oneLine(text) || 'nothing'}`};
};

/** vLLM says no more of a damaged file than that `add_lora` failed. */
const knowsLora = (reason: string): boolean => /(?<![a-z])lora(?![a-z])|adapter/i.test(reason);
const isNotEnabled = (reason: string): boolean => /lora is not enabled|enable[-_]lora/i.test(reason);

/** What a refusal says. The words are the servers' own: one status stands for several things. */
export const replyIn = (
  action: AdapterAction,
  {status, reason, said = reason, kind}: Failure,
): AdapterReply => {
  if (isNotEnabled(said)) return {kind: 'unsupported', reason};
  if (status === 401 || status === 403) return {kind: 'denied', reason};
  const isAbout = knowsLora(said);
  if (action === 'load_lora_adapter' && status === 400 && /already (?:been loaded|exists|loaded)/i.test(said))
    return {kind: 'already'};
  if (
    action === 'unload_lora_adapter' &&
    (status === 404 || status === 400) &&
    isAbout &&
    /cannot be found|does not exist|not (?:found|loaded)/i.test(said)
  )
    return {kind: 'already'};
  if (
    action === 'load_lora_adapter' &&
    (/repo id must be in the form/i.test(said) ||
      (isAbout &&
        /no adapter found|no such file|(?:path|folder|directory) .*(?:not exist|not found)/i.test(said)))
  )
    return {kind: 'unseen', reason};
  if (!isAbout && (status === 404 || status === 405 || status === 501)) return {kind: 'unsupported', reason};
  // vLLM says of an adapter that it cannot load that the fault is its own.
  if (status === 500 && isAbout) return {kind: 'refused', reason};
  return ['unavailable', 'timeout', 'overloaded', 'garbage'].includes(kind)
    ? {kind: 'failed', reason}
    : {kind: 'refused', reason};
};
