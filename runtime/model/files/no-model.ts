/** What helps who gave a model that is none: an adapter, or a name on the Hugging Face Hub. */
import {existsSync, readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {basename, join, relative} from 'node:path';

const HUB_NAME = /^[\w.-]+\/[\w.-]+$/;

/** What to do where a folder has no config.json, for the end of a sentence. */
export const modelRemedy = (directory: string, environment: NodeJS.ProcessEnv = process.env): string => {
  if (existsSync(join(directory, 'adapter_config.json'))) {
    const base = baseOf(join(directory, 'adapter_config.json'));
    const model = base === undefined ? "its model's folder" : `the folder of its model, ${base},`;
    return `this is a LoRA adapter: give ${model} and the adapter with --adapter where that is an option, or add it first: anchorage merge --model FOLDER --adapter ${directory} --out merged`;
  }
  // A fleet's paths are absolute by now.
  const typed = relative(process.cwd(), directory);
  if (!HUB_NAME.test(typed) || typed.startsWith('.') || existsSync(directory))
    return 'give a Hugging Face folder with config.json, tokenizer.json and model.safetensors';
  const cached = cachedFolder(typed, environment);
  return cached === undefined
    ? `for the model of that name on the Hugging Face Hub: hf download ${typed} --local-dir models/${basename(typed)}, then give models/${basename(typed)}`
    : `the model of that name is in the Hugging Face cache: give ${cached}`;
};

const baseOf = (path: string): string | undefined => {
  try {
    const config: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const base =
      config !== null && typeof config === 'object' && 'base_model_name_or_path' in config
        ? config.base_model_name_or_path
        : undefined;
    return typeof base === 'string' && base !== '' ? base : undefined;
  } catch {
    // What is wrong with it is said where it is read.
    return undefined;
  }
};

/** The snapshot that the cache's `main` names, where it has its configuration. */
const cachedFolder = (name: string, environment: NodeJS.ProcessEnv): string | undefined => {
  const {HF_HUB_CACHE, HF_HOME} = environment;
  const hub = HF_HUB_CACHE ?? join(HF_HOME ?? join(homedir(), '.cache/huggingface'), 'hub');
  const repository = join(hub, `models--${name.replace('/', '--')}`);
  try {
    const revision = readFileSync(join(repository, 'refs/main'), 'utf8').trim();
    const snapshot = join(repository, 'snapshots', revision);
    return /^[0-9a-f]+$/.test(revision) && existsSync(join(snapshot, 'config.json')) ? snapshot : undefined;
  } catch {
    return undefined;
  }
};
