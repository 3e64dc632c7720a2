/** What keeping adapters asks of a run: where they are written, what its server calls that, and what to change where it will not have them. */
import {join} from 'node:path';
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../actor/context.js';
import {patienceOf} from '../../endpoints/health.js';
import type {ModelConfig} from '../../model/files/config.js';
import type {Fleet} from '../file/schema.js';
import type {PolicyActor} from '../fleet-actors.js';
import {removeAdapter, writeAdapter} from './adapter-folders.js';
import {adapterName, type Owner} from './adapter-name.js';
import type {Adapter, KeepingOptions} from './kept-adapters.js';
import type {PolicyServer} from './open-policy.js';

export const HOW_TO_START =
  'start vLLM with VLLM_ALLOW_RUNTIME_LORA_UPDATING=True and --enable-lora, or SGLang with --enable-lora';

export interface Keeping extends Omit<KeepingOptions, 'unsupported' | 'stays'> {
  /** Where adapters are written. */
  readonly folder: string;
  /** The adapter of a checkpoint, to be kept by its name. */
  adapterOf(checkpoint: Checkpoint): Adapter;
}

export const keepingFor = (
  context: ActorContext<Fleet>,
  actor: PolicyActor,
  {adapters, baseUrl, timeoutMs}: PolicyServer,
  config: ModelConfig,
  owner: Owner,
): Keeping => {
  const {fleet, runFolder, log, signal} = context;
  const {folder = join(runFolder, 'adapters'), serverFolder = folder} = fleet.actors[actor].adapters;
  const checkpoints = new Map<string, Checkpoint>();
  return {
    folder,
    server: adapters,
    adapterOf(checkpoint) {
      const name = adapterName(owner, checkpoint);
      checkpoints.set(name, checkpoint);
      return {name, policyVersion: checkpoint.policyVersion};
    },
    async provide({name}) {
      const checkpoint = checkpoints.get(name);
      if (checkpoint === undefined) throw new Error(`no checkpoint is called ${name}`);
      await writeAdapter(context, checkpoint, config, join(folder, name));
      return `${serverFolder.replace(/\/+$/, '')}/${name}`;
    },
    async discard({name}) {
      checkpoints.delete(name);
      await removeAdapter(folder, name);
    },
    patienceMs: patienceOf(timeoutMs),
    signal,
    note(line) {
      log.warn(line);
      // A server that is away is waited for, for `patienceMs` at most: who waits so long is not stuck.
      context.advance();
    },
    explain: (reason, kind, path) => refusalOf(actor, baseUrl, reason, kind, path),
  };
};

type Refusal = Parameters<KeepingOptions['explain']>[1];

const refusalOf = (
  actor: PolicyActor,
  baseUrl: string,
  reason: string,
  kind: Refusal,
  path = 'its folder',
): string => {
  const key = `actors.${actor}.adapters`;
  const instead = actor === 'sampler' ? `set ${key}.load to false` : 'leave actors.evaluator.endpoint out';
  const remedies: Readonly<Record<Refusal, string>> = {
    unseen: `it must see ${path}: say what it calls that folder (${key}.serverFolder), or have adapters written where it does (${key}.folder)`,
    denied: `give its endpoint a key that may load adapters (apiKeyEnv), or ${instead}`,
    refused: `start it so that it takes this adapter, such as with --max-lora-rank of training.lora.rank, or ${instead}`,
    failed: 'start it, or correct the baseUrl of its endpoint',
  };
  return `endpoint ${baseUrl} does not load an adapter: ${reason}; ${remedies[kind]}`;
};
