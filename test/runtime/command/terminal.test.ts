import {PassThrough} from 'node:stream';
import test from 'ava';
import {liveText} from '../../../runtime/command/terminal.js';
import {hide} from '../../../runtime/text/redact.js';

const CLEAR = '\u001b[2J';

test('What stays in place on a terminal steers it by its own means alone, and has no secret in it', (t) => {
  hide('sk-0123456789abcdef');
  const out = Object.assign(new PassThrough(), {columns: 60, rows: 24});
  // A terminal's stream is written to as any other.
  const live = liveText(out as unknown as NodeJS.WriteStream);
  live.show([`sampler ${CLEAR}\nfaked row`, 'key sk-0123456789abcdef']);
  live.print(`reviser-0: \u202e${CLEAR}sk-0123456789abcdef`);
  const written = String(out.read());
  const [shown = '', printed = ''] = written.split('\u001b[1A\u001b[2K'.repeat(2));
  t.is(shown, 'sampler \\u001b[2J\\u000afaked row\nkey [hidden]\n');
  t.is(printed, `reviser-0: \\u202e\\u001b[2J[hidden]\n${shown}`);
});
