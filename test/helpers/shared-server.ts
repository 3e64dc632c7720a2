/** A NATS server of a test file's own. What is beside it here, scripts of tests use too, which ava does not run. */
import test, {type ExecutionContext} from 'ava';
import type {Bus} from '../../runtime/bus/bus.js';
import {startTestServer, type TestServer, withBus} from './nats.js';

/** One server for the tests of a file: gives each a bus, drained after it, of a run of its own. */
export const withSharedServer = (): ((t: ExecutionContext) => Promise<Bus>) => {
  let server: TestServer;
  let runs = 0;
  test.before(async () => {
    server = await startTestServer();
  });
  test.after.always(() => server?.remove());
  return (t) => {
    runs += 1;
    return withBus(t, server, `run-${runs}`);
  };
};
