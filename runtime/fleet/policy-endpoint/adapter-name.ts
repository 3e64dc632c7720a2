/**
 * What a checkpoint's adapter is called on a server that loads it, such as `anchorage-first-v000003-1a2b3c4d`: by its version, and
 * by its weights, so that a run that was deleted and begun again never takes an older one's adapter for its own. An evaluator's has
 * its process after that, so that neither it nor the sampler unloads what the other asks. Pure.
 */
import type {Checkpoint} from '../../../proto/messages.js';

/** Whose adapters they are. */
export interface Owner {
  readonly run: string;
  /** Such as `evaluator-0`; undefined for the sampler. */
  readonly process?: string;
}

const endOf = ({process}: Owner): string => (process === undefined ? '' : `-${process}`);

export const adapterName = (
  owner: Owner,
  {policyVersion, weightsSha256}: Pick<Checkpoint, 'policyVersion' | 'weightsSha256'>,
): string =>
  `anchorage-${owner.run}-v${String(policyVersion).padStart(6, '0')}-${weightsSha256.slice(0, 8)}${endOf(owner)}`;

/** Of a folder that is being written, and of one that takes its place. */
export const draftPattern = (owner: Owner): RegExp =>
  new RegExp(`^\\.anchorage-${owner.run}-v\\d{6,}-[0-9a-f]{8}${endOf(owner)}\\.\\d+\\.partial(?:\\.old)?$`);
