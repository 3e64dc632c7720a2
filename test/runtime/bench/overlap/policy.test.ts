import {join} from 'node:path';
import test from 'ava';
import {writeWidePolicy} from '../../../../runtime/bench/overlap/policy.js';
import {demoPolicyFolder} from '../../../../runtime/fleet/file/load.js';
import {createPairScorer} from '../../../../runtime/learning/pair-scorer.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {temporaryFile} from '../../../helpers/temporary.js';

test('a policy with units added says what it said before', async (t) => {
  const wide = join(temporaryFile(t, 'file', ''), '../wide');
  await writeWidePolicy(wide, 500);
  const logpsOf = async (folder: string) => {
    const {executor} = await openExecutor({backend: 'onnx', threads: 1});
    const model = await loadCheckpoint(folder);
    t.is(model.config.intermediateSize, folder === wide ? 500 : 352);
    const scorer = createPairScorer(model, executor, 16);
    return scorer.logps({promptIds: [5, 6, 7], chosenIds: [8, 9, 10], rejectedIds: [8, 11]});
  };
  t.deepEqual(await logpsOf(wide), await logpsOf(demoPolicyFolder));
});
