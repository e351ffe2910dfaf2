/** `koinon sign`: has the alliance sign a document, and writes the signature as other software reads it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import type { Alliance } from '../../management/alliance.js';
import { actionLimits } from '../../management/proposals/action-codec.js';
import { publicVerifier } from '../../schemes/public-verifier.js';
import type { ShownSignature } from '../../services/membership/view-shapes.js';
import { writeNew } from '../governance/act-file.js';
import { GovernanceSession } from '../governance/governance-session.js';
import { asking, gathered, length, proposalNumber } from '../governance/options.js';
import { proposeActions, type ProposingOptions, Report } from '../governance/proposing.js';
import { closing } from '../governance/speaking.js';
import { readInput } from '../input-bytes.js';
import { badInput, exitCodes, type Failure, type Outcome, succeeded, unavailable } from '../outcome.js';
import type { Session } from '../session.js';

interface SignOptions extends Omit<ProposingOptions, 'key' | 'out'> {
  readonly key: string;
  readonly administrator?: readonly string[];
  readonly out?: string;
  readonly proposal?: number;
  readonly within: number;
}

const help = `
It is a proposal of the kind "sign": the organization that asks votes yes, and as many others have to agree as the key's own policy
says. The signature is over the bytes of the file, and is written as they are defined elsewhere: of an RSA key openssl verifies it,
see koinon key verify --help. What is not signed in time goes on being signed: --proposal NUMBER waits for it again.`;

export function registerSign(program: Command, session: Session): void {
  asking(program.command('sign').description('have the alliance sign a document'))
    .argument('<file>', 'the document, at most 120 KiB')
    .addOption(new Option('--key <name>', 'the document key, by its name').makeOptionMandatory())
    .option(
      '--administrator <file>',
      "an administrator's key; may be repeated (those beside the application, if absent)",
      gathered,
    )
    .option('--out <file>', 'where the signature goes (the name of the document with .sig, if absent)')
    .option(
      '--proposal <number>',
      'ask for nothing: wait for the signature that this proposal asked for',
      proposalNumber,
    )
    .option('--term <length>', 'how long the proposal is open at most, such as 7d', length)
    .addOption(
      new Option('--within <length>', 'give up waiting after so long, such as 10min')
        .argParser(length)
        .default(60_000, '1min'),
    )
    .addHelpText('after', help)
    .action(session.action((path: string, file: string, options: SignOptions) => sign(path, file, options, session)));
}

async function sign(path: string, file: string, options: SignOptions, session: Session): Promise<Outcome> {
  const document = await readInput(file, actionLimits.document, session.io);
  if (E.isLeft(document)) return document;
  const governance = await GovernanceSession.open(path, options, session);
  if (E.isLeft(governance)) return governance;
  const report = new Report(session, options.json === true);
  const out = options.out ?? `${file === '-' ? 'document' : file}.sig`;
  const signed = await closing(
    governance.right,
    signDocument(governance.right, { document: document.right, out }, options, report),
  );
  report.end();
  return signed;
}

interface Wanted {
  readonly document: Uint8Array;
  /** Where the signature goes. */
  readonly out: string;
}

async function signDocument(
  governance: GovernanceSession,
  wanted: Wanted,
  options: SignOptions,
  report: Report,
): Promise<Outcome> {
  const number = await proposalFor(governance, wanted.document, options, report);
  if (E.isLeft(number)) return number;
  const signed = await awaitSignature(governance, number.right, options.within);
  if (E.isLeft(signed)) return signed;
  const checked = await check(governance, signed.right, wanted.document, options.key);
  if (E.isLeft(checked)) return checked;
  const written = writeNew(wanted.out, checked.right);
  if (E.isLeft(written)) return written;
  const json = { proposal: number.right, key: options.key, file: wanted.out, bytes: checked.right.length };
  report.add('signature', {
    json,
    lines: [`Signed with ${options.key}, and verified: ${wanted.out}, ${checked.right.length} bytes.`],
  });
  return succeeded;
}

/** The number of the proposal that asks for the signature. */
async function proposalFor(
  governance: GovernanceSession,
  document: Uint8Array,
  options: SignOptions,
  report: Report,
): Promise<Either<Failure, number>> {
  if (options.proposal !== undefined) return E.right(options.proposal);
  const { as, timeout, term, administrator, key } = options;
  const wish: ProposingOptions = {
    timeout,
    vote: true,
    ...(as === undefined ? {} : { as }),
    ...(term === undefined ? {} : { term }),
    ...(administrator === undefined ? {} : { key: administrator }),
  };
  const action = { _tag: 'sign', key, document } as const;
  const proposed = await proposeActions(governance, wish, report, () => Promise.resolve(E.right([action])));
  if (E.isLeft(proposed)) return proposed;
  const { number } = proposed.right;
  return number === undefined
    ? unavailable('the servers did not say which proposal it is: see koinon proposal list')
    : E.right(number);
}

const everyMs = 300;

async function awaitSignature(
  governance: GovernanceSession,
  number: number,
  withinMs: number,
): Promise<Either<Failure, ShownSignature>> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const signature = await governance.client.ask('signature', number);
    if (E.isRight(signature) && signature.right.isSigned) return signature;
    if (E.isLeft(signature) && signature.left._tag !== 'NothingThere')
      return E.left(governance.failureOf(signature.left));
    const why = E.isLeft(signature) ? await whyNotYet(governance, number) : E.right(signedSoFar(signature.right));
    if (E.isLeft(why)) return why;
    if (performance.now() > deadlineMs)
      return unavailable(`proposal ${number}: not signed yet (${why.right}); --proposal ${number} waits for it again`);
    await sleep(everyMs);
  }
}

function signedSoFar({ signed }: ShownSignature): string {
  return signed.length === 0 ? 'no server has signed' : `${signed.join(', ')} have signed`;
}

/** Who has still to agree; or that nobody will any more. */
async function whyNotYet(governance: GovernanceSession, number: number): Promise<Either<Failure, string>> {
  const proposal = await governance.ask('proposal', number);
  if (E.isLeft(proposal)) return proposal;
  if (proposal.right._tag === 'under-way')
    return E.right(proposal.right.stillNeeded.join('; ') || proposal.right.state);
  const { ending, why } = proposal.right;
  if (ending === 'enacted') return E.right('it is accepted');
  return E.left({
    exitCode: exitCodes.no,
    message: `proposal ${number} is over, and nothing was signed (${ending}: ${why})`,
  });
}

/** The signature, if it is one: servers are not taken at their word where it can be checked. */
async function check(
  governance: GovernanceSession,
  { message, signature, role }: ShownSignature,
  document: Uint8Array,
  key: string,
): Promise<Either<Failure, Uint8Array>> {
  if (role !== `document ${key}`) return badInput(`--proposal: it is about the key "${role}", not "document ${key}"`);
  if (!equalBytes(message, document)) return badInput('--proposal: it is about another document than this file');
  const alliance = await governance.ask('document');
  if (E.isLeft(alliance)) return alliance;
  const publicKey = publicKeyOf(alliance.right, key);
  const isValid =
    signature !== undefined && publicKey !== undefined && (await publicVerifier(publicKey)(document, signature));
  if (isValid) return E.right(signature);
  return E.left({ exitCode: exitCodes.no, message: `what the servers show is no signature with the key "${key}"` });
}

function publicKeyOf({ documentKeys }: Alliance, key: string): Alliance['allianceKey'] | undefined {
  return documentKeys.find(({ name }) => name === key)?.publicKey;
}
