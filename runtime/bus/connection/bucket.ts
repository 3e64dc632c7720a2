/** A run's key-value bucket on the server, through the client library's `KV`. */
import type {Bucket, BucketEntry} from './link.js';

interface KeyValueEntry {
  readonly operation: string;
  readonly revision: number;
  readonly created: Date;
  string(): string;
}

/** What is used of the library's. */
interface ClientKv {
  get(key: string): Promise<KeyValueEntry | null>;
  put(key: string, value: string): Promise<number>;
  create(key: string, value: string): Promise<number>;
  update(key: string, value: string, revision: number): Promise<number>;
  history(options: {readonly key: string}): Promise<AsyncIterable<KeyValueEntry>>;
  watch(options: {readonly key: string}): Promise<AsyncIterable<KeyValueEntry> & {stop(): void}>;
  destroy(): Promise<boolean>;
}

const entryOf = (entry: KeyValueEntry): BucketEntry => ({
  value: entry.string(),
  revision: entry.revision,
  timeMs: entry.created.getTime(),
});

export const bucketOf = (kv: ClientKv): Bucket => ({
  async get(key) {
    const entry = await kv.get(key);
    return entry?.operation === 'PUT' ? entryOf(entry) : undefined;
  },
  async history(key) {
    const entries: BucketEntry[] = [];
    for await (const entry of await kv.history({key}))
      if (entry.operation === 'PUT') entries.unshift(entryOf(entry));
    return entries;
  },
  put: (key, value) => kv.put(key, value),
  putIf: (key, value, revision) => (revision === 0 ? kv.create(key, value) : kv.update(key, value, revision)),
  async watch(key, onEntry) {
    const entries = await kv.watch({key});
    const follow = async (): Promise<void> => {
      for await (const entry of entries) {
        if (entry.operation === 'PUT') onEntry(entryOf(entry));
      }
    };
    follow().catch(() => undefined);
    return {stop: () => entries.stop()};
  },
  async delete() {
    await kv.destroy();
  },
});
