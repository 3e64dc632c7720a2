/** What cannot hold together where the policy is sampled behind an endpoint. */
import type {Complaint} from './complaints.js';
import {hasLearner} from './pairs-only.js';
import type {Fleet} from './schema.js';

/**
 * Fields of `POST /v1/completions` that change nothing of what is sampled, as vLLM (`CompletionRequest` of its
 * `entrypoints/openai/completion/protocol.py`) and SGLang (that of its `entrypoints/openai/protocol.py`) have them, and `metadata`, which
 * gateways before them read. By any other the answers may not be those of the policy as `policy` says, and servers have new ones with
 * each version. `kv_transfer_params` is none: by it an answer ends after its first token, or begins from keys and values of somebody else.
 */
const HARMLESS_FIELDS = [
  ...['user', 'metadata', 'priority', 'session_id', 'cache_salt'],
  // vLLM's
  'request_id',
  // SGLang's
  ...['rid', 'extra_key', 'custom_labels', 'routed_dp_rank', 'data_parallel_rank'],
];

export function* policyEndpointContradictions(fleet: Fleet): Generator<Complaint> {
  const {sampler} = fleet.actors;
  const {endpoint, model, adapters} = sampler;
  const at = (...keys: string[]): string[] => ['actors', 'sampler', ...keys];
  if (endpoint === undefined) {
    const meant = Object.entries({
      model,
      extraBody: sampler.extraBody,
      'adapters.folder': adapters.folder,
      'adapters.serverFolder': adapters.serverFolder,
    }).find(([, value]) => value !== undefined);
    if (meant !== undefined)
      yield {
        path: at(...meant[0].split('.')),
        message:
          'there is no actors.sampler.endpoint, and the policy is computed here; add it, or remove this',
      };
    return;
  }
  const names = Object.keys(fleet.endpoints);
  if (!names.includes(endpoint)) {
    const has = names.length === 0 ? 'add it under endpoints' : `endpoints has ${names.join(', ')}`;
    yield {path: at('endpoint'), message: `no endpoint is called ${endpoint}; ${has}`};
  }
  if (model === undefined)
    yield {
      path: at('model'),
      message: 'missing; what the endpoint calls the policy before training, as GET /v1/models lists it',
    };
  if (sampler.count > 1)
    yield {
      path: at('count'),
      message: `${sampler.count} samplers would unload each other's adapters; one asks as much at once as actors.sampler.concurrency says`,
    };
  if (fleet.policy.pickUp === 'token')
    yield {
      path: ['policy', 'pickUp'],
      message: 'an answer of an endpoint is one policy’s; leave it out, or remove actors.sampler.endpoint',
    };
  if (fleet.policy.samplingPrecision !== 'float32')
    yield {
      path: ['policy', 'samplingPrecision'],
      message: 'not of an endpoint, whose server says what it computes in; leave it out',
    };
  const field = Object.keys(sampler.extraBody ?? {}).find((name) => !HARMLESS_FIELDS.includes(name));
  if (field !== undefined)
    yield {
      path: at('extraBody', field),
      message: `the policy may be sampled otherwise by it than policy says; leave it out: the sampler's extraBody takes ${HARMLESS_FIELDS.join(', ')}`,
    };
  const place = (['folder', 'serverFolder'] as const).find((name) => adapters[name] !== undefined);
  if (!adapters.load && place !== undefined)
    yield {
      path: at('adapters', place),
      message: 'with actors.sampler.adapters.load: false no adapter is written; remove one of the two',
    };
  if (!hasLearner(fleet)) return;
  if (adapters.load && fleet.training.lora === undefined)
    yield {
      path: at('endpoint'),
      message:
        'all weights learn, and a server takes up nothing but adapters: give training.lora, such as {rank: 16}, or set actors.sampler.adapters.load to false, and every answer is the policy’s before training',
    };
  if (!adapters.load && fleet.maxStaleness !== undefined)
    yield {
      path: ['maxStaleness'],
      message:
        'with actors.sampler.adapters.load: false every answer is the policy’s before training, and soon too old; remove one of the two',
    };
}
