/** `koinon key inspect`: what a key file is, whose, and how large; never a secret. */
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import { Universe } from '../../../prelude/process.js';
import { policyMembers } from '../../../quorum/policy/policy.js';
import type {
  ContributionFile,
  KeyFile,
  KeyShareFile,
  SealedKeyShareFile,
} from '../../../schemes/key-file/key-file.js';
import { makeSigner } from '../../../schemes/registry.js';
import { type Fact, factJson, factLines, keyFacts, sizeFacts } from '../../key/showing/key-description.js';
import { sealedTarget } from '../../../schemes/uses/sealed-message.js';
import type { TimeLockTarget } from '../../../schemes/uses/time-lock.js';
import { readFileBytes } from '../../../server/directory/text-files.js';
import { maxLockedBytes } from '../../key/files/limits.js';
import { onOneLine } from '../../one-line.js';
import { describeKeyError } from '../../key/key-errors.js';
import { describeKind, keyFilePath, readKeyFile } from '../../key/files/key-files.js';
import { jsonOption } from '../../options.js';
import { answeredNo, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

const help = `
Examples:
  koinon key inspect league
  koinon key inspect league/shares/acme.json --json

Exit status: 0 sound, 1 flawed (a share that does not fit its key, a key whose commitments are wrong), 2 it cannot be read.`;

export function registerKeyInspect(key: Command, session: Session): void {
  key
    .command('inspect')
    .description('say what a key file is: whose, of which key and epoch, how large; never a secret')
    .argument('<file>', 'a public key, key share, share of a result or time-locked file, or the directory of a key')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(
      session.action((file: string, options: { readonly json?: boolean }) => inspect(file, options.json, session)),
    );
}

async function inspect(path: string, asJson: boolean | undefined, session: Session): Promise<Outcome> {
  const file = await readKeyFile(await keyFilePath(path));
  if (E.isLeft(file)) {
    const target = await readTarget(path);
    return target === undefined ? file : tellLocked(path, target, asJson, session);
  }
  const facts = factsOf(file.right);
  const kind = file.right._tag;
  const title = `${path}: ${describeKind(kind)}`;
  session.print({ json: { kind, ...factJson(facts) }, lines: [title, ...factLines(facts)] }, asJson);
  return facts.some(({ name }) => name === 'flaw') ? answeredNo : succeeded;
}

/** Of a time-locked file; none of what is anything else. */
async function readTarget(path: string): Promise<TimeLockTarget | undefined> {
  const bytes = await readFileBytes(path, maxLockedBytes)();
  if (E.isLeft(bytes)) return undefined;
  const target = sealedTarget(bytes.right);
  return E.isLeft(target) ? undefined : target.right;
}

function tellLocked(path: string, target: TimeLockTarget, asJson: boolean | undefined, session: Session): Outcome {
  const until = target._tag === 'label' ? { label: target.label } : { round: target.round };
  const shown = target._tag === 'label' ? `"${onOneLine(target.label)}"` : `round ${target.round}`;
  const lines = [`${path}: a time-locked file`, `  opens at  ${shown} (koinon key decrypt)`];
  session.print({ json: { kind: 'time-locked', ...until }, lines }, asJson);
  return succeeded;
}

function factsOf(file: KeyFile): readonly Fact[] {
  switch (file._tag) {
    case 'public-key':
      return [...keyFacts(file.key), ...sizeFacts(file.key)];
    case 'key-share':
      return shareFacts(file);
    case 'sealed-key-share':
      return sealedFacts(file);
    case 'contribution':
      return contributionFacts(file);
    default:
      return assertNever(file);
  }
}

/** A share that does not fit its key is told apart from one that does. */
function shareFacts({ key, share }: KeyShareFile): readonly Fact[] {
  const signer = makeSigner(key, share, new Universe(policyMembers(key.policy)));
  share.erase();
  const verdict: Fact = E.isLeft(signer)
    ? { name: 'flaw', label: 'FLAW', value: describeKeyError(signer.left) }
    : { name: 'fitsKey', label: 'checked', value: true, text: 'it fits the public key' };
  const owner: Fact = { name: 'process', label: 'of', value: share.process };
  const rows: readonly Fact[] =
    'rows' in share ? [{ name: 'rowCount', label: 'secret rows', value: share.rows.length }] : [];
  return [owner, ...rows, verdict, ...keyFacts(key)];
}

function sealedFacts({ process, key, sealing, sealed }: SealedKeyShareFile): readonly Fact[] {
  const { kdf, n, r, p } = sealing;
  return [
    { name: 'process', label: 'of', value: process },
    {
      name: 'sealing',
      label: 'sealed with',
      value: { kdf, n, r, p },
      text: `${kdf} n=${n} r=${r} p=${p}, AES-256-GCM`,
    },
    { name: 'sealedBytes', label: 'sealed', value: sealed.length, text: `${sealed.length} bytes` },
    ...keyFacts(key),
  ];
}

function contributionFacts(file: ContributionFile): readonly Fact[] {
  const { process, scheme, usage, keyId, epoch, input, contribution } = file;
  return [
    { name: 'process', label: 'in the name of', value: process },
    { name: 'scheme', label: 'scheme', value: scheme },
    { name: 'usage', label: 'usage', value: usage },
    { name: 'keyId', label: 'key id', value: toHex(keyId) },
    { name: 'epoch', label: 'epoch', value: epoch },
    { name: 'input', label: 'input SHA-256', value: toHex(input) },
    { name: 'bytes', label: 'size', value: contribution.length, text: `${contribution.length} bytes` },
  ];
}
