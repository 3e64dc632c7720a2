/** A stand-in of the Hub for one test, and a hub of ours that asks it, with a cache of its own. */
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {type Hub, hubOf} from '../../../runtime/hub/hub.js';
import {temporaryFolder} from '../temporary.js';
import {HUB_TOKEN, type HubStandIn, startHub} from './hub-server.js';

export interface WithHub {
  readonly there: HubStandIn;
  readonly hub: Hub;
  /** The same without a token. */
  readonly anonymous: Hub;
  /** What a process of ours is started with to meet it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What was told. */
  readonly lines: string[];
  readonly tell: (line: string) => void;
}

export const withHub = async (t: ExecutionContext): Promise<WithHub> => {
  const there = await startHub();
  t.teardown(() => there.close());
  const environment = {HF_ENDPOINT: there.url, HF_HOME: join(temporaryFolder(t), 'hf'), HF_HUB_OFFLINE: '0'};
  const waitMs = (): number => 1;
  const lines: string[] = [];
  return {
    there,
    hub: {...hubOf({...environment, HF_TOKEN: HUB_TOKEN}), waitMs},
    anonymous: {...hubOf(environment), waitMs},
    environment: {...environment, HF_TOKEN: HUB_TOKEN},
    lines,
    tell: (line) => lines.push(line),
  };
};
