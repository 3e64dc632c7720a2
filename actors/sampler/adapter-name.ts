/**
 * What a checkpoint's adapter is called on a server that loads it, such as `anchorage-first-v000003-1a2b3c4d`: by its version, and
 * by its weights, so that a run that was deleted and begun again never takes an older one's adapter for its own. Pure.
 */
import type {Checkpoint} from '../../proto/messages.js';

export const adapterName = (
  run: string,
  {policyVersion, weightsSha256}: Pick<Checkpoint, 'policyVersion' | 'weightsSha256'>,
): string => `anchorage-${run}-v${String(policyVersion).padStart(6, '0')}-${weightsSha256.slice(0, 8)}`;
