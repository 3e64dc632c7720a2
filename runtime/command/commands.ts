/** The commands, in the order of `--help`, which shows them without loading what they are made of. */

interface CommandRow {
  /** Its options and arguments, as help lists them. */
  readonly takes: string;
  readonly about: string;
}

export const commands = {
  up: {
    takes: '[options] [fleet.yaml]',
    about: 'start a fleet, show its progress, and report when it is complete; Ctrl-C drains it',
  },
  data: {
    takes: '[options] [command]',
    about: 'make pairs without training on them, and write those of a run to a file',
  },
  start: {
    takes: '[options] <actor>',
    about: 'run one actor of a fleet here, started again if it fails; Ctrl-C drains it',
  },
  status: {
    takes: '[options]',
    about: 'show where a run stands: its streams, its step, its objective, its last score',
  },
  watch: {
    takes: '[options] [metric...]',
    about: 'follow the live metrics of a run: a table on a terminal, lines where output is piped',
  },
  objective: {
    takes: '[options] [command]',
    about: 'show the objective of a run, or change it and more while it runs',
  },
  scale: {
    takes: '[options] [actor=count...]',
    about: 'show how many processes of each actor a run has, or change it while it runs',
  },
  pause: {
    takes: '[options]',
    about: 'take no further step until `anchorage resume`; what is sampled and revised meanwhile waits',
  },
  resume: {
    takes: '[options]',
    about: 'go on with a run that was paused',
  },
  checkpoint: {
    takes: '[options]',
    about: 'write a checkpoint after the step under way',
  },
  stop: {
    takes: '[options]',
    about: 'end a run before its last step, with a final checkpoint, its score and its report',
  },
  report: {
    takes: '[options] <run>',
    about: 'write and show what a run came to, during it or after it',
  },
  rm: {
    takes: '[options] <run>',
    about:
      'delete a run: its folder under ./runs, with all checkpoints, and what its NATS server keeps of it',
  },
  train: {
    takes: '[options]',
    about: 'train a model on a file of pairs, without a fleet; Ctrl-C ends the step, saves and stops',
  },
  replay: {
    takes: '[options] <run>',
    about: 'train by another objective on the pairs of a run, in their order, as a run of its own',
  },
  compare: {
    takes: '[options] <run...>',
    about: 'several runs beside each other: paired differences, curves in one picture, settings that differ',
  },
  grid: {
    takes: '[options] <grid.yaml>',
    about:
      'datasets × objectives × seeds: make the pairs once, train on them by each objective, and write one table',
  },
  logps: {
    takes: '[options]',
    about: 'the log-probabilities that a model gives to the answers of a pairs file',
  },
  generate: {
    takes: '[options]',
    about: 'write the answers of a model to a file of prompts',
  },
  eval: {
    takes: '[options]',
    about: 'score a model, or what it answered, by a suite; the same command goes on after a kill',
  },
  merge: {
    takes: '[options]',
    about: 'add a LoRA adapter to the weights of its model and save the model that results',
  },
  push: {
    takes: '[options] <folder> <name>',
    about:
      'push a model, an adapter or a file of pairs to the Hugging Face Hub, with a card that says how it was made',
  },
  doctor: {
    takes: '[options] [fleet.yaml]',
    about: 'check Node, the tensor backends, NATS and, with a fleet, its files and endpoints',
  },
} as const satisfies Record<string, CommandRow>;

export type CommandName = keyof typeof commands;
export const isCommandName = (word: string): word is CommandName => Object.hasOwn(commands, word);
