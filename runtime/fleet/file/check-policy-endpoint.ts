/** What cannot hold together where the policy is behind an endpoint. */

import {measuresTexts, scoresPairs} from '../../suites/suites.js';
import type {PolicyActor} from '../fleet-actors.js';
import type {Complaint} from './complaints.js';
import {evaluationsOf} from './evaluations.js';
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
  yield* samplerContradictions(fleet);
  yield* evaluatorContradictions(fleet);
}

/** Of both who may ask the policy. */
function* askingContradictions(fleet: Fleet, actor: PolicyActor): Generator<Complaint> {
  const settings = fleet.actors[actor];
  const {endpoint, model, seed, extraBody, concurrency, timeoutMs, adapters} = settings;
  const at = (...keys: string[]): string[] => ['actors', actor, ...keys];
  if (endpoint === undefined) {
    const meant = Object.entries({
      ...{model, extraBody, concurrency, timeoutMs, seed},
      'adapters.folder': adapters.folder,
      'adapters.serverFolder': adapters.serverFolder,
    }).find(([, value]) => value !== undefined);
    if (meant !== undefined)
      yield {
        path: at(...meant[0].split('.')),
        message: `there is no actors.${actor}.endpoint, and the policy is computed here; add it, or remove this`,
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
  if (settings.batchSize !== undefined)
    yield {
      path: at('batchSize'),
      message: `the server says how many answers it computes at once; remove it, and say by actors.${actor}.concurrency how many are asked for`,
    };
  const computes = actor === 'evaluator' && evaluationsOf(fleet).some(measuresTexts);
  if (settings.threads !== undefined && !computes)
    yield {
      path: at('threads'),
      message: `the policy is computed by its server, and nothing here; remove it, or actors.${actor}.endpoint`,
    };
  const field = Object.keys(extraBody ?? {}).find((name) => !HARMLESS_FIELDS.includes(name));
  if (field !== undefined)
    yield {
      path: at('extraBody', field),
      message: `the policy may be sampled otherwise by it than policy says; leave it out: the ${actor}'s extraBody takes ${HARMLESS_FIELDS.join(', ')}`,
    };
}

function* evaluatorContradictions(fleet: Fleet): Generator<Complaint> {
  yield* askingContradictions(fleet, 'evaluator');
  const {endpoint} = fleet.actors.evaluator;
  if (endpoint === undefined) return;
  const path = ['actors', 'evaluator', 'endpoint'];
  const isAsked = evaluationsOf(fleet).some((each) => !measuresTexts(each) || scoresPairs(each.suite));
  if (!isAsked)
    yield {path, message: 'no suite of the fleet has the policy answer anything; leave it out, or add one'};
  if (hasLearner(fleet) && fleet.training.lora === undefined)
    yield {
      path,
      message:
        'all weights learn, and a server takes up nothing but adapters: give training.lora, such as {rank: 16}, or leave it out, and checkpoints are computed here',
    };
}

function* samplerContradictions(fleet: Fleet): Generator<Complaint> {
  yield* askingContradictions(fleet, 'sampler');
  const {sampler} = fleet.actors;
  const {endpoint, adapters} = sampler;
  if (endpoint === undefined) {
    if (sampler.spendCeiling !== undefined)
      yield {
        path: ['actors', 'sampler', 'spendCeiling'],
        message: 'there is no actors.sampler.endpoint, and what is computed here costs nothing; remove it',
      };
    return;
  }
  const at = (...keys: string[]): string[] => ['actors', 'sampler', ...keys];
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
