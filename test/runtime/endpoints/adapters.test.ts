import test from 'ava';
import {type AdapterAction, openAdapterServer, replyIn} from '../../../runtime/endpoints/adapters.js';
import {listModels, postTo} from '../../../runtime/endpoints/chat.js';
import {failureOfStatus} from '../../../runtime/endpoints/reply.js';
import {json, modelList, type SeenRequest, scriptedEndpoint} from '../../helpers/scripted-endpoint.js';
import {openVllm} from '../../helpers/vllm.js';

const inError = (message: string) => ({error: {message, type: 'InvalidUserInput', param: null, code: 400}});
const kindOf = (action: AdapterAction, status: number, body: unknown): string =>
  replyIn(action, failureOfStatus(status, {get: () => null}, JSON.stringify(body))).kind;

test('What a server says of an adapter is known by its words, for one status stands for several things', (t) => {
  const load = (status: number, body: unknown) => kindOf('load_lora_adapter', status, body);
  const unload = (status: number, body: unknown) => kindOf('unload_lora_adapter', status, body);
  const loaded =
    "The lora adapter 'a' has already been loaded. If you want to load the adapter in place, set 'load_inplace' to True.";
  t.is(load(400, inError(loaded)), 'already');
  // Versions before 0.11 put the error at the top.
  t.is(load(400, {object: 'error', message: loaded, type: 'InvalidUserInput', code: 400}), 'already');
  t.is(
    load(400, {success: false, error_message: 'LoRA with name a already exists. Loaded LoRAs: [a]'}),
    'already',
  );
  t.is(load(404, inError('Loading lora a failed: No adapter found for /adapters/a')), 'unseen');
  const sglang = (message: string) => ({success: false, error_message: message, loaded_adapters: {}});
  // SGLang asks the Hub for what is no folder, and says neither that it does nor that it is about an adapter.
  t.is(
    load(400, sglang("Repo id must be in the form 'repo_name' or 'namespace/repo_name': '/mnt/runs/a'.")),
    'unseen',
  );
  t.is(load(400, sglang("[Errno 2] No such file or directory: '/mnt/a/adapter_config.json'")), 'unseen');
  t.is(load(400, sglang('Failed to load LoRA adapter a because it is already loaded')), 'already');
  t.is(
    load(400, sglang('LoRA adapter a with rank 64 is incompatible with the current LoRA memory pool')),
    'refused',
  );
  t.is(load(404, inError('Loading lora a failed: No adapter found for <path>')), 'unseen', 'vLLM 0.32');
  const failed = (cause: string) =>
    inError(
      `Call to add_lora method failed: Worker failed with error '${cause}', please check the stack trace above for the root cause`,
    );
  t.is(load(500, failed('LoRA rank 16 is greater than max_lora_rank 8.')), 'refused');
  t.is(load(500, failed('Error while deserializing header: invalid header length')), 'refused');
  t.is(load(400, inError("The lora adapter 'a' conflicts with a served base model.")), 'refused');
  t.is(load(404, {detail: 'Not Found'}), 'unsupported');
  t.is(load(405, {detail: 'Method Not Allowed'}), 'unsupported');
  t.is(load(403, {detail: 'Forbidden'}), 'denied');
  t.is(load(500, inError('LoRA is not enabled. Use --enable-lora to enable LoRA.')), 'unsupported');
  t.is(
    load(400, {
      success: false,
      error_message: 'LoRA is not enabled. Please set `--enable-lora` to enable LoRA.',
    }),
    'unsupported',
  );
  t.is(load(500, inError('LoRA rank 64 is greater than max_lora_rank 16.')), 'refused');
  t.is(load(400, inError('LoRA rank 64 is greater than max_lora_rank 16.')), 'refused');
  t.is(load(401, inError('Unauthorized')), 'denied');
  const long = `anchorage-${'r'.repeat(64)}-v000050-1a2b3c4d`;
  t.is(
    load(400, {
      success: false,
      error_message: `Failed to load LoRA adapter ${long}: of /mnt/adapters/${long} an adapter already exists`,
      loaded_adapters: {},
    }),
    'already',
    'beyond what a line shows',
  );
  t.is(load(500, {detail: 'Internal Server Error'}), 'failed');
  t.is(load(503, 'upstream connect error'), 'failed');
  t.is(load(429, inError('slow down')), 'failed');
  t.is(unload(404, inError("The lora adapter 'a' cannot be found.")), 'already');
  t.is(
    unload(400, {success: false, error_message: 'LoRA with name a does not exist. Loaded LoRAs: []'}),
    'already',
  );
  t.is(unload(404, {detail: 'Not Found'}), 'unsupported');
});

const serverAt = (baseUrl: string) => {
  const place = {baseUrl, apiKey: 'sk-server'};
  return openAdapterServer(
    {baseUrl, model: 'base'},
    (url, body) => postTo(place, url, body, 5000),
    () => listModels(place, 5000),
  );
};

test('vLLM loads by its own address, and a request names an adapter as its model', async (t) => {
  const vllm = await openVllm({model: 'base', answer: () => ({text: '', ids: [], finishReason: 'stop'})});
  t.teardown(() => vllm.kill());
  const server = serverAt(vllm.baseUrl);
  t.like(await server.load('a', '/no/such/folder'), {kind: 'unseen'});
  t.deepEqual(await server.unload('a'), {kind: 'already'});
  t.deepEqual(await server.loaded(), ['base']);
  t.deepEqual(server.naming('a'), {model: 'a', body: {}});
});

test('SGLang loads beside the API, and a request names an adapter after the model', async (t) => {
  const bodies: SeenRequest[] = [];
  const {baseUrl} = await scriptedEndpoint(t, (request) => {
    bodies.push(request);
    if (request.method === 'GET') return modelList('base');
    return request.path === '/load_lora_adapter'
      ? json(200, {success: true, error_message: '', loaded_adapters: {a: '/adapters/a'}})
      : json(404, {detail: 'Not Found'});
  });
  const server = serverAt(baseUrl);
  t.deepEqual(await server.load('a', '/adapters/a'), {kind: 'done'});
  t.deepEqual(server.naming('a'), {model: 'base:a', body: {lora_path: 'a'}});
  t.deepEqual(await server.load('b', '/adapters/b'), {kind: 'done'});
  t.deepEqual(
    bodies.map(({path}) => path),
    ['/v1/load_lora_adapter', '/load_lora_adapter', '/load_lora_adapter'],
  );
  t.deepEqual(bodies[1]?.body as unknown, {lora_name: 'a', lora_path: '/adapters/a'});
  t.true(bodies.every(({authorization}) => authorization === 'Bearer sk-server'));
});

test('An answer of 200 that says it failed is a refusal in the server’s words', async (t) => {
  const failed = await scriptedEndpoint(t, () =>
    json(200, {success: false, error_message: 'LoRA rank 64 is not supported'}),
  );
  t.deepEqual(await serverAt(failed.baseUrl).load('a', '/a'), {
    kind: 'refused',
    reason: 'LoRA rank 64 is not supported',
  });
});

test('A server without these addresses takes up no adapters, and neither does a page that answers everything', async (t) => {
  const none = await scriptedEndpoint(t, () => json(404, {detail: 'Not Found'}));
  t.deepEqual(await serverAt(none.baseUrl).load('a', '/a'), {kind: 'unsupported', reason: '404 Not Found'});
  const page = await scriptedEndpoint(t, () => json(200, {welcome: 'to the gateway'}));
  t.like(await serverAt(page.baseUrl).load('a', '/a'), {kind: 'unsupported'});
  const gone = await openVllm({model: 'base', answer: () => ({text: '', ids: [], finishReason: 'stop'})});
  await gone.kill();
  t.like(await serverAt(gone.baseUrl).load('a', '/a'), {kind: 'failed'});
});
