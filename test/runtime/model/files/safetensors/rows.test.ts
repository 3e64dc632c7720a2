/** Rows of a stored matrix are those of the whole one, and are refused by name where there are none. */
import {appendFileSync, truncateSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {
  openSafetensors,
  readSafetensors,
  writeSafetensors,
} from '../../../../../runtime/model/files/safetensors/safetensors.js';
import {temporaryFolder} from '../../../../helpers/temporary.js';
import {wave} from '../../../tensor/both.js';

const ROWS = 7;
const WIDTH = 5;

for (const dtype of ['float32', 'bfloat16', 'float16'] as const) {
  test(`rows stored as ${dtype}, in any order and twice, are those of the whole matrix`, async (t) => {
    const path = join(temporaryFolder(t), 'model.safetensors');
    const tensors = [
      ['before', wave([3], 1)],
      ['table', wave([ROWS, WIDTH], 2)],
    ] as const;
    await writeSafetensors(path, tensors, {dtype});
    const whole = (await readSafetensors(path)).get('table')?.data ?? [];
    const reader = await openSafetensors(path);
    const wanted = Int32Array.of(6, 0, 6, 3);
    const expected = [...wanted].flatMap((row) => [...whole.slice(row * WIDTH, (row + 1) * WIDTH)]);
    t.deepEqual([...(await reader.readRows('table', wanted))], expected);
    t.is((await reader.readRows('table', new Int32Array())).length, 0);
    for (const row of [-1, ROWS])
      await t.throwsAsync(reader.readRows('table', Int32Array.of(0, row)), {
        message: `${path}: tensor "table" has no row ${row}`,
      });
    await t.throwsAsync(reader.readRows('before', Int32Array.of(0)), {message: /is no matrix of numbers/});
    await t.throwsAsync(reader.readRows('none', Int32Array.of(0)), {message: /tensor "none" is missing/});
    await reader.close();
  });
}

test('rows of a file that was written to, or cut, since it was opened are refused', async (t) => {
  const path = join(temporaryFolder(t), 'model.safetensors');
  await writeSafetensors(path, [['table', wave([ROWS, WIDTH], 2)]]);
  const reader = await openSafetensors(path);
  appendFileSync(path, 'more');
  await t.throwsAsync(reader.readRows('table', Int32Array.of(0)), {
    message: `${path}: altered while it was read; try again`,
  });
  truncateSync(path, 100);
  await t.throwsAsync(reader.readRows('table', Int32Array.of(ROWS - 1)), {
    message: `${path}: truncated in tensor "table"; copy it again`,
  });
  await reader.close();
});
