/** Saying something for an organization: at once, or into a file that others sign first. */
import { toHex } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { signersOf, stillToSign } from '../../client/governance/act-signing.js';
import type { DraftedAct } from '../../client/governance/intentions.js';
import type { Intention, OrganizationVoice, Spoken, VoiceError } from '../../client/governance/organization-voice.js';
import { shortHex } from '../../prelude/digest.js';
import type { ToldEvent } from '../../services/membership/result-shapes.js';
import { onOneLine } from '../one-line.js';
import type { Failure } from '../outcome.js';
import type { Printable } from '../session.js';
import { writeActFile } from './act-file.js';
import type { GovernanceSession } from './governance-session.js';

/** The act is in a file, or what came of it. */
export type Uttered =
  | { readonly _tag: 'written'; readonly path: string; readonly drafted: DraftedAct }
  | ({ readonly _tag: 'spoken' } & Spoken);

export async function utter(
  governance: GovernanceSession,
  voice: OrganizationVoice,
  intention: Intention,
  out: string | undefined,
): Promise<Either<Failure, Uttered>> {
  const failed = E.mapLeft((error: VoiceError) => withAdvice(governance.failureOf(error), error));
  if (out === undefined)
    return E.map((spoken: Spoken): Uttered => ({ _tag: 'spoken', ...spoken }))(failed(await voice.say(intention)));
  const drafted = failed(await voice.draft(intention));
  if (E.isLeft(drafted)) return drafted;
  const written = writeActFile(out, drafted.right);
  return E.isLeft(written) ? written : E.right({ _tag: 'written', path: out, drafted: drafted.right });
}

function withAdvice(failure: Failure, error: VoiceError): Failure {
  const advice = adviceOn(error);
  return advice === undefined ? failure : { ...failure, message: `${failure.message}; ${advice}` };
}

function adviceOn(error: VoiceError): string | undefined {
  switch (error._tag) {
    case 'NotEnoughSignatures':
      return 'give more keys with --key, or write the act with --out FILE and have it signed with koinon proposal sign FILE';
    case 'GatesNotNamed':
      return error.gates.map((gate) => `--override ${gate}`).join(' ');
    case 'StaleBase':
      return 'look at it again with koinon proposal create … --dry-run';
    default:
      return undefined;
  }
}

/** What an act came to. */
export function showUttered(uttered: Uttered, said: string): Printable {
  if (uttered._tag === 'written') return showWritten(uttered.path, uttered.drafted);
  const { slot, events } = uttered;
  const lines = events.flatMap(describeEvent);
  return { json: { slot, events: events.map(eventJson) }, lines: [`${said}, in slot ${slot}.`, ...lines] };
}

/** Who signed what is in the file, and who has to. */
export function showWritten(path: string, { act, authority }: DraftedAct): Printable {
  const missing = stillToSign(authority, act);
  const signed = signersOf(act);
  const json = { file: path, organization: authority.name, signed, missing: missing ?? null };
  const who = `${path}: signed for ${authority.name} by ${signed.join(', ') || 'nobody yet'}`;
  const next =
    missing === undefined
      ? `That is enough: koinon proposal send DIRECTORY ${path}`
      : `Its rule still asks for ${missing}: koinon proposal sign ${path} --key FILE`;
  return { json, lines: [who, next] };
}

function eventJson({ proposal, ...event }: ToldEvent): unknown {
  return { ...event, ...(proposal === undefined ? {} : { proposal: { ...proposal, id: toHex(proposal.id) } }) };
}

/** Those that people wait for. */
function describeEvent({ event, proposal, organization, why = '' }: ToldEvent): readonly string[] {
  const which = proposal === undefined ? 'a proposal' : `proposal ${proposal.number}`;
  switch (event) {
    case 'proposal-opened':
      return [`It is ${which}${proposal === undefined ? '' : ` (${shortHex(proposal.id)})`}.`];
    case 'proposal-accepted':
      return [`${capitalized(which)} is accepted.`];
    case 'proposal-ended':
      return [`${capitalized(which)} is over: ${onOneLine(why)}.`];
    case 'suspended':
      return [`${organization ?? ''} is suspended.`];
    case 'suspension-ended':
      return [`${organization ?? ''} is suspended no longer.`];
    case 'signing-begun':
      return ['The servers sign the document.'];
    case 'change-opened':
      return ['A change of epoch has been opened: koinon epoch show tells how it goes.'];
    case 'prepared':
      return ['The next epoch is prepared; its servers have to be ready.'];
    case 'activated':
      return ['The next epoch is activated.'];
    case 'change-abandoned':
      return [`The change of epoch is abandoned: ${onOneLine(why)}.`];
    default:
      return [];
  }
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** Everything that a command does with a connection, which is closed whatever comes of it. */
export async function closing<A>(governance: GovernanceSession, work: Promise<A>): Promise<A> {
  try {
    return await work;
  } finally {
    governance.close();
  }
}
