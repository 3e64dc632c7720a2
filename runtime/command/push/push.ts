/** `anchorage push`: a model, an adapter or a file of pairs to the Hugging Face Hub, with a card that says how it was made. */
import {existsSync, statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Command, Option} from 'commander';
import {TerminalError} from '../../errors.js';
import {type Hub, hubOf} from '../../hub/hub.js';
import {isCommit, readHubName} from '../../hub/hub-name.js';
import {licenseOf} from '../../hub/license.js';
import {type PushedFile, pushFiles} from '../../hub/push-files.js';
import {isAdapterFolder} from '../../model/files/adapter.js';
import {say} from '../../output.js';
import {packageVersion} from '../../paths.js';
import {interruptible} from '../offline/interruptible.js';
import {isOurs} from './card.js';
import {dataCard, dataFile} from './data-card.js';
import {madeOf, weightsFolder} from './made.js';
import {modelCard} from './model-card.js';
import {adaptedModel, modelFilesIn, pushedFiles, requireBase} from './model-files.js';

interface PushOptions {
  readonly dataset?: boolean;
  readonly private?: boolean;
  readonly revision: string;
  readonly baseModel?: string;
  readonly card?: 'keep' | 'replace';
}

const CARD = 'README.md';

export const pushCommand = (): Command =>
  new Command('push')
    .argument(
      '<folder>',
      'a model or an adapter, or the folder of a run, whose best checkpoint is taken; a file of pairs with --dataset',
    )
    .argument('<name>', 'ORG/NAME on the Hub; made where it is not there')
    .option('--dataset', 'push a file of pairs, as `anchorage data export` writes it')
    .option('--private', 'make the repository for its owners alone')
    .option('--revision <branch>', 'the branch; made from main where it is not there', 'main')
    .option('--base-model <name>', 'ORG/NAME of the model that was trained, where that was a folder')
    .addOption(
      new Option(
        '--card <what>',
        'what to do with a README.md that a person wrote there; nothing is pushed unless given',
      ).choices(['keep', 'replace']),
    )
    .addHelpText(
      'after',
      `
HF_TOKEN, or what \`hf auth login\` wrote, must be allowed to write there. All files come with one commit. A push that broke off is
run again: what is uploaded is not uploaded again. A README.md in the folder goes along in the place of the card.

Examples:
  anchorage push runs/first me/smollm2-apo --private
  anchorage push adapter me/smollm2-lora --base-model HuggingFaceTB/SmolLM2-135M-Instruct
  anchorage push pairs.parquet me/pairs --dataset`,
    )
    .action(async (folder: string, name: string, options: PushOptions) => {
      process.exitCode = await interruptible((signal) => push(folder, name, options, signal));
    });

interface Prepared {
  readonly files: readonly PushedFile[];
  readonly card: string;
}

const push = async (
  given: string,
  name: string,
  options: PushOptions,
  signal: AbortSignal,
): Promise<boolean> => {
  const repository = readHubName(name)?.repository;
  if (repository !== name)
    throw new TerminalError(`${name}: no name of a repository; give ORG/NAME, and a branch by --revision`);
  if (isCommit(options.revision) || readHubName(`${name}@${options.revision}`) === undefined)
    throw new TerminalError(`--revision ${options.revision}: no name of a branch`);
  if (options.baseModel !== undefined && readHubName(options.baseModel)?.repository !== options.baseModel)
    throw new TerminalError(
      `--base-model ${options.baseModel}: no name of a model on the Hub; give ORG/NAME`,
    );
  if (options.dataset && options.baseModel !== undefined)
    throw new TerminalError('--base-model: a data set has none; leave it out');
  const hub = hubOf();
  const {files, card} = options.dataset
    ? await dataIn(given, name)
    : await modelIn(hub, given, name, options);
  try {
    const address = await pushFiles({
      hub,
      kind: options.dataset ? 'dataset' : 'model',
      repository: name,
      branch: options.revision,
      isPrivate: options.private === true,
      title: `Upload ${options.dataset ? 'pairs' : 'weights'} with anchorage push`,
      files: async (there) => [...files, ...cardFiles(name, card, there, options.card)],
      tell: say,
      signal,
    });
    say(`pushed     ${address}`);
    return true;
  } catch (error) {
    if (!signal.aborted) throw error;
    say('stopped, as asked; nothing was committed');
    return false;
  }
};

const cardFiles = (
  name: string,
  card: string,
  there: string | undefined,
  choice: PushOptions['card'],
): PushedFile[] => {
  if (choice === 'keep' && there !== undefined) return [];
  if (there === undefined || choice === 'replace' || isOurs(there) || there.trim() === card.trim())
    return [{path: CARD, content: new Blob([card])}];
  throw new TerminalError(
    `${name}: has a ${CARD} that a person wrote or altered; keep it by --card keep, or put another in its place by --card replace`,
  );
};

const modelIn = async (hub: Hub, given: string, name: string, options: PushOptions): Promise<Prepared> => {
  if (!existsSync(given) || !statSync(given).isDirectory())
    throw new TerminalError(
      `${given}: no such folder; give that of a model, an adapter or a run, or a file of pairs with --dataset`,
    );
  const folder = await weightsFolder(given);
  const names = await modelFilesIn(folder);
  const made = await madeOf(folder);
  const base = options.baseModel ?? made.base ?? (await adaptedModel(folder));
  requireBase(folder, base);
  const files = await pushedFiles(folder, names, base);
  say(`pushing    ${folder}: ${names.join(', ')}`);
  const own = join(folder, CARD);
  if (existsSync(own)) return {files, card: await readFile(own, 'utf8')};
  const card = modelCard({
    repository: name,
    isAdapter: isAdapterFolder(folder),
    made: {...made, base},
    license: base === undefined ? undefined : await licenseOf(hub, base),
    versions: versions(),
  });
  return {files, card};
};

const dataIn = async (file: string, name: string): Promise<Prepared> => {
  if (!existsSync(file) || !statSync(file).isFile())
    throw new TerminalError(`${file}: no such file; give pairs as \`anchorage data export\` writes them`);
  const data = dataFile(file);
  say(`pushing    ${file} as ${data.path}`);
  return {files: [data], card: await dataCard(file, name, versions())};
};

const versions = (): string => `Anchorage ${packageVersion()}, Node.js ${process.versions.node}`;
