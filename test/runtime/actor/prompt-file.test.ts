import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {promptFileOf} from '../../../runtime/actor/prompt-file.js';
import {TerminalError} from '../../../runtime/errors.js';
import {temporaryFolder} from '../../helpers/temporary.js';

test('a prompt file without a blank, or that is not there, is named', async (t) => {
  const file = join(temporaryFolder(t), 'prompt.txt');
  const read = () => promptFileOf('actors.reviser.promptFile', file, ['prompt', 'completion']);
  await t.throwsAsync(read, {
    instanceOf: TerminalError,
    message: /^actors\.reviser\.promptFile: .*prompt\.txt/,
  });
  writeFileSync(file, 'Improve {{prompt}}');
  await t.throwsAsync(read, {message: /prompt\.txt: lacks \{\{completion\}\}; put/});
  writeFileSync(file, 'Improve {{prompt}} {{completion}}');
  t.is(await read(), 'Improve {{prompt}} {{completion}}');
  t.is(await promptFileOf('actors.reviser.promptFile', undefined, ['prompt']), undefined);
});
