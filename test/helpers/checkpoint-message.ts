/** A checkpoint's message as a learner could have published it; none of its files is anywhere. */
import type {Checkpoint} from '../../proto/messages.js';

export const SHA256 = 'a'.repeat(64);

export const checkpointMessage = (step: number, fields: Partial<Checkpoint> = {}): Checkpoint => ({
  step,
  policyVersion: step,
  folder: `checkpoints/step-${String(step).padStart(6, '0')}`,
  weightsSha256: SHA256,
  pairSequence: 0,
  objective: 'dpo',
  objectiveRevision: 1,
  final: false,
  files: [{path: 'model.safetensors', sha256: SHA256, sizeBytes: 1}],
  trainingFiles: [],
  ...fields,
});
