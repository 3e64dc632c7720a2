import {join} from 'node:path';
import test from 'ava';
import {writeDeepPolicy} from '../../../../runtime/bench/overlap/policy.js';
import {demoPolicyFolder} from '../../../../runtime/fleet/load.js';
import {loadCheckpoint} from '../../../../runtime/model/checkpoint.js';
import {createScorer} from '../../../../runtime/model/logps.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {temporaryFile} from '../../../helpers/temporary.js';

test('a policy with layers added says what it said before', async (t) => {
  const deep = join(temporaryFile(t, 'file', ''), '../deep');
  await writeDeepPolicy(deep, 5);
  const logpsOf = async (folder: string) => {
    const {executor} = await openExecutor({backend: 'onnx', threads: 1});
    const model = await loadCheckpoint(folder);
    t.is(model.config.layerCount, folder === deep ? 5 : 2);
    const scorer = await createScorer(model, executor, {rows: 1, maxTokens: 16});
    return scorer.logps([{promptIds: [5, 6, 7], completionIds: [8, 9, 10]}]);
  };
  t.deepEqual(await logpsOf(deep), await logpsOf(demoPolicyFolder));
});
