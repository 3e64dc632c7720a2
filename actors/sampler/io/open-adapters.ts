/**
 * The adapters of a run as its sampler begins, or begins again after a kill: what it left on the server and in the folder is told
 * apart from what is needed, and the newest checkpoint that is whole is taken up.
 */
import {join} from 'node:path';
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {TerminalError} from '../../../runtime/errors.js';
import type {PolicyEndpoint} from '../../../runtime/fleet/asking/open-policy.js';
import {resumeFrom} from '../../../runtime/fleet/checkpoints/checkpoints.js';
import {hasLearner} from '../../../runtime/fleet/file/pairs-only.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {logNow} from '../../../runtime/fleet/run/log-now.js';
import type {ModelConfig} from '../../../runtime/model/files/config.js';
import {adapterName} from '../adapter-name.js';
import type {PolicyStamp} from '../requests.js';
import {removeAdapter, removeDrafts, writeAdapter} from './adapter-folders.js';
import {type Adapter, type KeepingOptions, type KeptAdapters, keepAdapters} from './kept-adapters.js';

export interface Adapters extends KeptAdapters {
  /** What answers from the start. */
  readonly began: PolicyStamp;
  takeUpCheckpoint(checkpoint: Checkpoint): Promise<boolean>;
}

const KEY = 'actors.sampler.adapters';
export const BEFORE_TRAINING: PolicyStamp = {policyVersion: 0, step: 0};
/** A server that is started again, and loads its model, is away for about as long as so many requests may take. */
const PATIENT_DEADLINES = 3;
/** Of a run's newest adapters so many may be loaded still where the server's list does not say: it may keep none. */
const UNLISTED = 3;

export const openAdapters = async (
  context: ActorContext<Fleet>,
  endpoint: PolicyEndpoint,
  config: ModelConfig,
): Promise<Adapters> => {
  const {fleet, bus, runFolder} = context;
  const {load, folder = join(runFolder, 'adapters'), serverFolder = folder} = fleet.actors.sampler.adapters;
  const isFollowed = load && hasLearner(fleet);
  const checkpoints = new Map<string, Checkpoint>();
  const adapterOf = (checkpoint: Checkpoint): Adapter => {
    const name = adapterName(bus.run, checkpoint);
    checkpoints.set(name, checkpoint);
    return {name, policyVersion: checkpoint.policyVersion};
  };
  const provide = async ({name}: Adapter): Promise<string> => {
    const checkpoint = checkpoints.get(name);
    if (checkpoint === undefined) throw new Error(`no checkpoint is called ${name}`);
    await writeAdapter(context, checkpoint, config, join(folder, name));
    return `${serverFolder.replace(/\/+$/, '')}/${name}`;
  };
  const kept = keepAdapters({
    ...keeping(context, endpoint),
    server: endpoint.adapters,
    provide,
    async discard({name}) {
      checkpoints.delete(name);
      await removeAdapter(folder, name);
    },
  });
  const takeUpCheckpoint = async (checkpoint: Checkpoint): Promise<boolean> =>
    isFollowed && checkpoint.policyVersion > 0 && kept.takeUp(adapterOf(checkpoint));

  if (!isFollowed) return {...kept, began: BEFORE_TRAINING, takeUpCheckpoint};
  const found = await resumeFrom(context, async (checkpoint) => {
    if (checkpoint.policyVersion > 0) await provide(adapterOf(checkpoint));
  });
  const newest = found?.entry.message;
  await tidy(context, endpoint, kept, folder, newest);
  const isTaken = newest !== undefined && (await takeUpCheckpoint(newest));
  const {policyVersion, step} = isTaken ? newest : BEFORE_TRAINING;
  return {...kept, began: {policyVersion, step}, takeUpCheckpoint};
};

/** What keeping adapters asks of a run: whom it tells, and what it gives up by. */
const keeping = (
  {fleet, log, warn, signal}: ActorContext<Fleet>,
  {baseUrl, model, timeoutMs}: PolicyEndpoint,
): Omit<KeepingOptions, 'provide' | 'discard' | 'server'> => ({
  patienceMs: PATIENT_DEADLINES * timeoutMs,
  signal,
  note: (line) => log.warn(line),
  explain: (reason, kind) => refusalOf(baseUrl, reason, kind),
  unsupported(reason) {
    const line = `endpoint ${baseUrl} takes up no adapters while it serves (${reason})`;
    const start =
      'start vLLM with VLLM_ALLOW_RUNTIME_LORA_UPDATING=True and --enable-lora, or SGLang with --enable-lora';
    if (fleet.maxStaleness !== undefined)
      throw new TerminalError(
        `${line}, and maxStaleness ${fleet.maxStaleness} wants answers of the newest policies; ${start}, or remove maxStaleness`,
      );
    warn(`${line}: ${model} goes on answering as it was before training, and its answers say so; ${start}`);
  },
});

const refusalOf = (baseUrl: string, reason: string, kind: keyof typeof REMEDIES): string =>
  `endpoint ${baseUrl} does not load an adapter: ${reason}; ${REMEDIES[kind]}`;

const REMEDIES: Readonly<Record<Parameters<KeepingOptions['explain']>[1], string>> = {
  unseen: `it must see that folder: say what it calls it (${KEY}.serverFolder), or have adapters written where it does (${KEY}.folder)`,
  denied: `give its endpoint a key that may load adapters (apiKeyEnv), or set ${KEY}.load to false`,
  refused: `start it so that it takes this adapter, such as with --max-lora-rank of training.lora.rank, or set ${KEY}.load to false`,
  failed: 'start it, or correct the baseUrl of its endpoint',
};

/**
 * Unloads and removes what a sampler of this run left that is not the newest: adapters of the checkpoints that this run published,
 * and no others, whatever they are called. That a server takes up none shows here, before anything is trained.
 */
const tidy = async (
  {bus, log}: ActorContext<Fleet>,
  {adapters, baseUrl}: PolicyEndpoint,
  kept: KeptAdapters,
  folder: string,
  newest: Checkpoint | undefined,
): Promise<void> => {
  const own = new Set(
    (await logNow(bus, 'checkpoints')).map((checkpoint) => adapterName(bus.run, checkpoint)),
  );
  if (newest !== undefined) own.delete(adapterName(bus.run, newest));
  const listed = await adapters.loaded();
  const left = [...own].filter((name, place) => listed.includes(name) || place >= own.size - UNLISTED);
  // A name that no adapter has: the answer shows whether there can be any.
  const none = adapterName(bus.run, {policyVersion: 0, weightsSha256: '0'.repeat(64)});
  for (const name of [none, ...left]) {
    const reply = await adapters.unload(name);
    if (reply.kind === 'unsupported') kept.takesNone(reply.reason);
    if (reply.kind === 'denied') throw new TerminalError(refusalOf(baseUrl, reply.reason, reply.kind));
    if (name !== none && reply.kind !== 'already') log.info({name, ...reply}, 'adapter left from before');
  }
  for (const name of own) await removeAdapter(folder, name);
  await removeDrafts(folder, bus.run);
};
