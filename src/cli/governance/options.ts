/** Options that the commands of management have in common. */
import { type Command, InvalidArgumentError } from 'commander';
import { type GateName, gateNames } from '../../management/proposals/gate-names.js';
import { lengthOf } from '../durations.js';
import { asOption, integerIn, jsonOption } from '../options.js';
import type { ConnectionOptions } from './governance-session.js';

export interface ReadingOptions extends ConnectionOptions {
  readonly json?: boolean;
}

export interface SpeakingOptions extends ReadingOptions {
  readonly key?: readonly string[];
  readonly out?: string;
}

/** Of commands that ask the servers something. */
export function asking(command: Command): Command {
  return command
    .argument('<directory>', 'of the alliance, of the application to act as, or of a server')
    .addOption(asOption())
    .option('--timeout <seconds>', 'how long to wait for each answer', integerIn(1, 86_400), 30)
    .addOption(jsonOption());
}

/** Of commands that say something for an organization. */
export function speaking(command: Command): Command {
  return command
    .option(
      '--key <file>',
      "an administrator's key; may be repeated (those beside the application, if absent)",
      gathered,
    )
    .option('--out <file>', 'write the act there, for others to sign (koinon proposal sign), and say nothing');
}

export function gathered(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** `--override GATE`, which may be repeated. */
export function overriding(command: Command): Command {
  return command.option('--override <gate>', 'a gate that may stand against it; may be repeated', gate);
}

function gate(text: string, before: readonly GateName[] = []): readonly GateName[] {
  const found = gateNames.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`Expected one of ${gateNames.join(', ')}.`);
  return [...new Set([...before, found])];
}

export function length(text: string): number {
  const ms = lengthOf(text);
  if (ms === undefined) throw new InvalidArgumentError('Expected a length such as 90s, 1h or 7d.');
  return ms;
}

export const proposalNumber = integerIn(1, Number.MAX_SAFE_INTEGER);
