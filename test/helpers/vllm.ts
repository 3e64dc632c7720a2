/**
 * A stand-in for a vLLM server with runtime LoRA updating, over HTTP: its routes, replies and errors as vLLM 0.32.0 was seen to give
 * them. What it answers is the test's to say.
 */
import {existsSync, readFileSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';

/** A request for a completion, as it came. */
export interface AskedCompletion {
  /** The model or an adapter. */
  readonly model: string;
  /** The prompt's tokens. */
  readonly prompt: readonly number[];
  readonly body: Readonly<Record<string, unknown>>;
}
export interface GivenCompletion {
  readonly text: string;
  /** The end token included, where there is one. */
  readonly ids: readonly number[];
  readonly finishReason: 'stop' | 'length';
}

export interface VllmOptions {
  readonly model: string;
  /** VLLM_ALLOW_RUNTIME_LORA_UPDATING; true unless given. Without it there are no such routes. */
  readonly runtimeLora?: boolean;
  /** --enable-lora; true unless given. */
  readonly enableLora?: boolean;
  /** --max-lora-rank; 16 unless given, as vLLM has it. */
  readonly maxLoraRank?: number;
  /** Versions before 0.10.2 do not know `return_token_ids`. */
  readonly saysTokens?: boolean;
  /** Where the server has a folder that others call otherwise, as in a container. */
  readonly mounted?: (path: string) => string;
  /** What an adapter is unloaded after, where that takes a while; where it throws, the connection breaks. */
  readonly beforeUnload?: () => Promise<unknown>;
  answer(asked: AskedCompletion): GivenCompletion | Promise<GivenCompletion>;
}

export interface Vllm {
  /** Ends in /v1. */
  readonly baseUrl: string;
  readonly asked: readonly AskedCompletion[];
  /** Such as `load NAME` and `unload NAME`, of those that were done. */
  readonly changes: readonly string[];
  /** Replies to requests about adapters, such as `400 load NAME`. */
  readonly refused: readonly string[];
  /** What no client may do: unload what a request names that is under way, or remove its folder. */
  readonly violations: readonly string[];
  loaded(): readonly string[];
  /** At one time, so far. */
  mostLoaded(): number;
  /** As kill -9 ends it: connections break, and what was loaded is forgotten. */
  kill(): Promise<void>;
  /** Again, at the same address. */
  start(): Promise<void>;
}

interface Adapter {
  readonly path: string;
  underWay: number;
}

export const openVllm = async (options: VllmOptions, port = 0): Promise<Vllm> => {
  const {model, runtimeLora = true, enableLora = true, maxLoraRank = 16, saysTokens = true} = options;
  const {mounted = (path: string) => path} = options;
  const adapters = new Map<string, Adapter>();
  const asked: AskedCompletion[] = [];
  const changes: string[] = [];
  const refused: string[] = [];
  const violations: string[] = [];
  let most = 0;

  const load = ({lora_name: name, lora_path: path, load_inplace: inplace}: Body): Reply => {
    if (name === undefined || path === undefined)
      return missing(name === undefined ? 'lora_name' : 'lora_path', name === undefined ? 1 : 2);
    if (!name || !path)
      return error(400, 'InvalidUserInput', "Both 'lora_name' and 'lora_path' must be provided.");
    if (name === model)
      return error(400, 'InvalidUserInput', `The lora adapter '${name}' conflicts with a served base model.`);
    if (!inplace && adapters.has(String(name)))
      return error(
        400,
        'InvalidUserInput',
        `The lora adapter '${name}' has already been loaded. If you want to load the adapter in place, set 'load_inplace' to True.`,
      );
    if (!enableLora)
      return error(500, 'InternalServerError', 'LoRA is not enabled. Use --enable-lora to enable LoRA.');
    const folder = mounted(String(path));
    const config = join(folder, 'adapter_config.json');
    const weights = join(folder, 'adapter_model.safetensors');
    // It keeps absolute paths to itself.
    const shown = String(path).startsWith('/') ? '<path>' : path;
    if (!existsSync(config) || !existsSync(weights))
      return error(404, 'NotFoundError', `Loading lora ${name} failed: No adapter found for ${shown}`);
    const {r} = JSON.parse(readFileSync(config, 'utf8')) as {r: number};
    if (r > maxLoraRank) return failed(`LoRA rank ${r} is greater than max_lora_rank ${maxLoraRank}.`);
    if (readFileSync(weights).length < 8) return failed('Error while deserializing header: header too small');
    adapters.set(String(name), {path: folder, underWay: 0});
    most = Math.max(most, adapters.size);
    changes.push(`load ${name}`);
    return {status: 200, text: `Success: LoRA adapter '${name}' added successfully.`};
  };

  const unload = ({lora_name: name}: Body): Reply => {
    if (!name)
      return error(400, 'InvalidUserInput', "'lora_name' needs to be provided to unload a LoRA adapter.");
    const adapter = adapters.get(String(name));
    if (adapter === undefined)
      return error(404, 'NotFoundError', `The lora adapter '${name}' cannot be found.`);
    if (adapter.underWay > 0) violations.push(`unloaded ${name} with ${adapter.underWay} requests under way`);
    adapters.delete(String(name));
    changes.push(`unload ${name}`);
    return {status: 200, text: `Success: LoRA adapter '${name}' removed successfully.`};
  };

  const complete = async (body: Body): Promise<Reply> => {
    const name = String(body.model);
    const adapter = adapters.get(name);
    if (name !== model && adapter === undefined)
      return error(
        404,
        'NotFoundError',
        `The model \`${name}\` does not exist. Valid aliases: ${[model, ...adapters.keys()].join(', ')}.`,
        'model',
      );
    if (typeof body.prompt === 'string')
      return {
        status: 200,
        json: completionOf(name, {text: 'Yes.', ids: [], finishReason: 'stop'}, body, [0], false),
      };
    const request = {model: name, prompt: body.prompt as number[], body};
    asked.push(request);
    if (adapter !== undefined) adapter.underWay += 1;
    try {
      const given = await options.answer(request);
      // An adapter that makes room for another is read again from its folder.
      if (adapter !== undefined && !existsSync(adapter.path))
        violations.push(`the folder of ${name} is gone`);
      return {status: 200, json: completionOf(name, given, body, request.prompt, saysTokens)};
    } finally {
      if (adapter !== undefined) adapter.underWay -= 1;
    }
  };

  const reply = async (request: IncomingMessage): Promise<Reply> => {
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /v1/models') {
      const card = (id: string, more: object) => ({id, object: 'model', owned_by: 'vllm', ...more});
      const data = [
        card(model, {root: model, parent: null}),
        ...[...adapters].map(([name, {path}]) => card(name, {root: path, parent: model})),
      ];
      return {status: 200, json: {object: 'list', data}};
    }
    const body = await bodyOf(request);
    if (route === 'POST /v1/completions') return complete(body);
    if (runtimeLora && route === 'POST /v1/load_lora_adapter') return noted('load', body, load(body));
    if (runtimeLora && route === 'POST /v1/unload_lora_adapter') {
      await options.beforeUnload?.();
      return noted('unload', body, unload(body));
    }
    return {status: 404, json: {detail: 'Not Found'}};
  };
  const noted = (action: string, {lora_name: name}: Body, given: Reply): Reply => {
    if (given.status !== 200) refused.push(`${given.status} ${action} ${name}`);
    return given;
  };

  let server: Server | undefined;
  let bound = port;
  const start = async (): Promise<void> => {
    const opened = createServer((request, response) => {
      reply(request)
        .then((given) => send(response, given))
        .catch((thrown: unknown) => response.destroy(thrown as Error));
    });
    await new Promise<void>((resolve) => opened.listen(bound, '127.0.0.1', resolve));
    bound = (opened.address() as AddressInfo).port;
    server = opened;
  };
  await start();
  return {
    baseUrl: `http://127.0.0.1:${bound}/v1`,
    asked,
    changes,
    refused,
    violations,
    loaded: () => [...adapters.keys()],
    mostLoaded: () => most,
    async kill() {
      adapters.clear();
      const closed = new Promise((resolve) => server?.close(resolve));
      server?.closeAllConnections();
      await closed;
    },
    start,
  };
};

type Body = Readonly<Record<string, unknown>>;
type Reply =
  | {readonly status: number; readonly json: unknown}
  | {readonly status: number; readonly text: string};

const error = (code: number, type: string, message: string, param: string | null = null): Reply => ({
  status: code,
  json: {error: {message, type, param, code}},
});

/** As FastAPI says it of a field. */
const missing = (field: string, fields: number): Reply =>
  error(
    400,
    'Bad Request',
    `1 validation error:\n  {'type': 'missing', 'loc': 'body.${field}', 'msg': 'Field required', 'input': '<dict of ${fields} items>'}`,
    `body.${field}`,
  );

const failed = (cause: string): Reply =>
  error(
    500,
    'InternalServerError',
    `Call to add_lora method failed: Worker failed with error '${cause}', please check the stack trace above for the root cause`,
  );

const completionOf = (
  model: string,
  {text, ids, finishReason}: GivenCompletion,
  {logprobs, return_token_ids: wantsIds}: Body,
  asked: readonly number[],
  saysTokens: boolean,
) => ({
  id: 'cmpl-0123456789abcdef',
  object: 'text_completion',
  created: 1_700_000_000,
  model,
  choices: [
    {
      index: 0,
      text,
      logprobs:
        logprobs === undefined
          ? null
          : {
              text_offset: ids.map(() => 0),
              token_logprobs: ids.map(() => -0.25),
              tokens: ids.map(String),
              top_logprobs: ids.map((id) => ({[id]: -0.25})),
            },
      finish_reason: finishReason,
      stop_reason: null,
      ...(saysTokens
        ? {
            token_ids: wantsIds === true ? ids : null,
            prompt_token_ids: wantsIds === true ? asked : null,
          }
        : {}),
    },
  ],
  usage: {
    prompt_tokens: asked.length,
    completion_tokens: ids.length,
    total_tokens: asked.length + ids.length,
  },
});

const bodyOf = async (request: IncomingMessage): Promise<Body> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Body);
};

const send = (response: ServerResponse, reply: Reply): void => {
  const [type, text] =
    'json' in reply ? ['application/json', JSON.stringify(reply.json)] : ['text/plain', reply.text];
  response.writeHead(reply.status, {'content-type': type}).end(text);
};
