/** What the commands say that ask something of a run. */
import test from 'ava';
import {throwError} from 'rxjs';
import {RunCommand} from '../../../../proto/messages.js';
import {askAndWait} from '../../../../runtime/command/steer/ask-run.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {followControls} from '../../../../runtime/fleet/control/controls.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

test('Where the server goes before the answer, it is said that what was asked for is decided on later', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const controls = await followControls(bus);
  t.teardown(() => controls.close());
  const cut = {...controls, heard$: throwError(() => new TerminalError('the server is away'))};
  const asked = askAndWait(bus, cut, {command: RunCommand.RUN_COMMAND_PAUSE}, {timeout: 60, wait: true});
  await t.throwsAsync(asked, {
    instanceOf: TerminalError,
    message: 'revision 1 is asked for, and decided on when the run goes on: the server is away',
  });
  t.is((await bus.state('controls')).lastSequence, 1);
});
