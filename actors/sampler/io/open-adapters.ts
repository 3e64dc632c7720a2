/**
 * The adapters of a run as its sampler begins, or begins again after a kill: what it left on the server and in the folder is told
 * apart from what is needed, and the newest checkpoint that is whole is taken up.
 */
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {TerminalError} from '../../../runtime/errors.js';
import {resumeFrom} from '../../../runtime/fleet/checkpoints/checkpoints.js';
import {hasLearner} from '../../../runtime/fleet/file/pairs-only.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {HOW_TO_START, keepingFor} from '../../../runtime/fleet/policy-endpoint/keeping.js';
import {type KeptAdapters, keepAdapters} from '../../../runtime/fleet/policy-endpoint/kept-adapters.js';
import {leftAdapters} from '../../../runtime/fleet/policy-endpoint/left-adapters.js';
import type {PolicyServer} from '../../../runtime/fleet/policy-endpoint/open-policy.js';
import type {ModelConfig} from '../../../runtime/model/files/config.js';
import type {PolicyStamp} from '../requests.js';

export interface Adapters extends KeptAdapters {
  /** What answers from the start. */
  readonly began: PolicyStamp;
  takeUpCheckpoint(checkpoint: Checkpoint): Promise<boolean>;
}

export const BEFORE_TRAINING: PolicyStamp = {policyVersion: 0, step: 0};

export const openAdapters = async (
  context: ActorContext<Fleet>,
  server: PolicyServer,
  config: ModelConfig,
): Promise<Adapters> => {
  const {fleet, bus} = context;
  const isFollowed = fleet.actors.sampler.adapters.load && hasLearner(fleet);
  const owner = {run: bus.run};
  const keeping = keepingFor(context, 'sampler', server, config, owner);
  const {adapterOf} = keeping;
  const left = leftAdapters(context, server, owner, keeping, (reply) => {
    // That a server takes up none shows here, before anything is trained.
    if (reply.kind === 'unsupported') kept.takesNone(reply.reason);
  });
  const kept = keepAdapters({
    ...keeping,
    stays: left.add,
    unsupported: sayUnsupported(context, server),
  });
  const takeUpCheckpoint = async (checkpoint: Checkpoint): Promise<boolean> => {
    if (!isFollowed || checkpoint.policyVersion === 0) return false;
    await left.remove(checkpoint);
    return kept.takeUp(adapterOf(checkpoint));
  };

  if (!isFollowed) return {...kept, began: BEFORE_TRAINING, takeUpCheckpoint};
  const found = await resumeFrom(context, async (checkpoint) => {
    if (checkpoint.policyVersion > 0) await keeping.provide(adapterOf(checkpoint));
  });
  const newest = found?.entry.message;
  await left.remove(newest);
  const isTaken = newest !== undefined && (await takeUpCheckpoint(newest));
  const {policyVersion, step} = isTaken ? newest : BEFORE_TRAINING;
  return {...kept, began: {policyVersion, step}, takeUpCheckpoint};
};

/** Once; ends a run that wants answers of the newest policies. */
const sayUnsupported =
  ({fleet, warn}: ActorContext<Fleet>, {baseUrl, model}: PolicyServer) =>
  (reason: string): void => {
    const line = `endpoint ${baseUrl} takes up no adapters while it serves (${reason})`;
    if (fleet.maxStaleness !== undefined)
      throw new TerminalError(
        `${line}, and maxStaleness ${fleet.maxStaleness} wants answers of the newest policies; ${HOW_TO_START}, or remove maxStaleness`,
      );
    warn(
      `${line}: ${model} goes on answering as it was before training, and its answers say so; ${HOW_TO_START}`,
    );
  };
