/** The command line: its commands, and how an error is shown. */
import {inspect} from 'node:util';
import {Command, CommanderError} from 'commander';
import {messageOf} from '../errors.js';
import {complain, say} from '../output.js';
import {packageVersion} from '../paths.js';
import {sourceStack} from '../source-stack.js';
import {nearest} from '../text/nearest.js';
import {redacted} from '../text/redact.js';
import {commands, isCommandName} from './commands.js';
import {implementations} from './implementations.js';

/** Runs one command line and resolves to its exit code. A person is shown one line for each thing that is wrong. */
export const runProgram = async (argv: readonly string[]): Promise<number> => {
  const program = new Command('anchorage')
    .description(
      'Aligns a language model with contrastive revisions and anchored preference optimization, as a fleet.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage up\n  anchorage up fleet.yaml --set objective.name=dpo\n  anchorage watch loss',
    )
    .version(packageVersion(), '--version', 'show which version this is')
    .showHelpAfterError('(--help shows how)')
    .configureHelp({subcommandTerm: (command) => `${command.name()} ${command.usage()}`})
    .exitOverride();
  const typed = argv.slice(2).find(isCommandName);
  for (const [name, {takes, about}] of Object.entries(commands)) {
    const command = name === typed ? await implementations[typed]() : new Command(name).usage(takes);
    program.addCommand(command.description(about).exitOverride());
  }
  sayThroughOutput(program);
  program.hook('preAction', (_, command) => refuseEmpty(command));
  hideArguments();
  process.stdout.on('error', onClosedOutput);
  process.stderr.on('error', onClosedOutput);
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has already said what is wrong; its help is no error.
    if (error instanceof CommanderError) return error.exitCode;
    complain(messageOf(error));
    if (process.env.ANCHORAGE_DEBUG) complain(sourceStack(inspect(error)));
    return 1;
  }
};

/** What commander says repeats what was typed, which may be an address with its password. */
const sayThroughOutput = (command: Command): void => {
  command.configureOutput({
    writeOut: (text) => say(text.trimEnd()),
    writeErr: (text) => complain(text.trimEnd()),
    outputError: (text, write) => {
      write(text);
      // An option that is missing may be there, mistyped, which commander looks for later.
      const mistyped = text.includes('required option') ? mistypedIn(command) : undefined;
      if (mistyped !== undefined) write(mistyped);
    },
  });
  for (const each of command.commands) sayThroughOutput(each);
};

const mistypedIn = (command: Command): string | undefined => {
  const word = command.args.find((each) => /^--[a-z]/.test(each))?.replace(/=.*/s, '');
  if (word === undefined) return undefined;
  const near = nearest(
    word,
    command.options.flatMap(({long}) => long ?? []),
  );
  return `error: unknown option '${word}'${near === undefined ? '' : `\n(Did you mean ${near}?)`}`;
};

/** An empty value is mostly a variable of the shell that is not set. */
const refuseEmpty = (command: Command): void => {
  if (command.parent !== null) refuseEmpty(command.parent);
  const option = command.options.find((each) => isEmpty(command.getOptionValue(each.attributeName())));
  const argument = command.registeredArguments.find((_, place) => isEmpty(command.processedArgs[place]));
  const what = option ? `option '${option.flags}'` : argument && `argument '${argument.name()}'`;
  if (what !== undefined)
    command.error(`error: ${what} is given an empty value; give one, or set the variable that holds it`);
};

const isEmpty = (value: unknown): boolean => value === '' || (Array.isArray(value) && value.some(isEmpty));

/** Everybody on the machine may read a process's arguments: a password in them is not left there. */
const hideArguments = (): void => {
  const typed = process.argv.join(' ');
  const shown = redacted(typed);
  if (shown !== typed) process.title = shown;
};

/** Whoever reads our output, `head` or a terminal, is gone: what runs a fleet drains it, and anything else ends. */
const onClosedOutput = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  if (!process.emit('SIGHUP')) process.exit(0);
};
