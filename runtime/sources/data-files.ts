/** Which files hold data, and of which split, by their names. Pure. */

const DATA_FILE = /\.(parquet|arrow|jsonl|ndjson|json)(\.gz)?$/i;
/** What is written about data sets, and holds no rows. */
const ABOUT = /^(dataset_infos?|dataset_dict|state|config)\.json$/;
/** `train_prefs-00000-of-00002.parquet`, with or without a hash after it. */
const PART = /^(.+?)-(\d{5})-of-(\d{5})/;
/** Where no part of a name says which split it is. */
const WORDS = {train: /train/i, test: /test/i, validation: /valid|dev/i};

export const UNNAMED = 'train';
export const DATA_FORMS = '.parquet, .arrow, .jsonl, .json';

export const isDataFile = (name: string): boolean => DATA_FILE.test(name) && !ABOUT.test(name);

export function splitOf(file: string): string {
  const word = Object.entries(WORDS).find(([, pattern]) => pattern.test(file));
  return PART.exec(file)?.[1] ?? word?.[0] ?? UNNAMED;
}

/** Whether the files whose names say of how many they are one, such as `train-00000-of-00002.parquet`, are all there. */
export function isWhole(names: readonly string[]): boolean {
  const sets = new Map<string, {readonly count: number; readonly there: Set<number>}>();
  for (const name of names) {
    const [, split, number, count] = PART.exec(name) ?? [];
    if (split === undefined) continue;
    const key = `${split} ${count}`;
    const {there} = sets.get(key) ?? {there: new Set()};
    sets.set(key, {count: Number(count), there: there.add(Number(number))});
  }
  return [...sets.values()].every(({count, there}) => there.size >= count);
}
