/** `koinon alliance verify`: checks the history of an alliance against the key of one of its epochs, or its id. */
import { type Command, InvalidArgumentError } from 'commander';
import { equalBytes, fromHex, toHex } from '../../../prelude/bytes.js';
import { asDigest, type Digest } from '../../../prelude/digest.js';
import { E, type Either } from '../../../prelude/fp.js';
import { verifyHistory } from '../../../client/history.js';
import { allianceIdOf } from '../../../management/alliance-codec.js';
import type { History, HistoryEntry, TrustedOrigin } from '../../../management/alliance-history.js';
import { describeHistoryError } from '../../../management/alliance-history-errors.js';
import { defaultBlsSuite } from '../../../schemes/bls/ciphersuite.js';
import { loadBackends } from '../../../schemes/bls/load-backends.js';
import { fileNames } from '../../../server/directory/layout.js';
import { readHistoryAt } from '../../history-argument.js';
import { inColumn } from '../../columns.js';
import { jsonOption } from '../../options.js';
import { answeredNo, badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';
import { readTrustedKey } from './trusted-key.js';

const help = `
A history holds the documents of all epochs, with what the servers of each have signed about their own and the next one.
It is checked as a whole, and all of it follows from one thing that you know by other means:
  --key FILE   the alliance key of any epoch: PEM, JSON, or an alliance.json that you trust
  --id HEX     the id of the alliance, as its founders read it out
With neither of them it is shown whether the history holds in itself, and what it would have you believe.

Exit status: 0 it holds, 1 it does not, 2 it cannot be read.`;

interface VerifyOptions {
  readonly key?: string;
  readonly id?: Digest;
  readonly json?: boolean;
}

export function registerAllianceVerify(alliance: Command, session: Session): void {
  alliance
    .command('verify')
    .description('check the history of an alliance, from its founding to its present document')
    .argument('<path>', `a history, or the directory that holds ${fileNames.history}`)
    .option('--key <file>', 'the alliance key of any epoch')
    .option('--id <hex>', 'the id of the alliance', allianceId)
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((path: string, options: VerifyOptions) => verify(path, options, session)));
}

function allianceId(text: string): Digest {
  const bytes = fromHex(text.toLowerCase());
  const id = bytes === undefined ? undefined : asDigest(bytes);
  if (id === undefined) throw new InvalidArgumentError('Expected 64 hexadecimal digits.');
  return id;
}

async function verify(path: string, options: VerifyOptions, session: Session): Promise<Outcome> {
  if (options.key !== undefined && options.id !== undefined) return badInput('give --key or --id, not both');
  const entries = await readHistoryAt(path);
  if (E.isLeft(entries)) return entries;
  const origin = await originOf(options, entries.right);
  if (E.isLeft(origin)) return origin;
  await loadBackends([defaultBlsSuite]);
  const verified = await verifyHistory(entries.right, origin.right);
  if (E.isLeft(verified)) {
    const reason = describeHistoryError(verified.left);
    session.print(
      { json: { valid: false, error: verified.left._tag, reason }, lines: [`NOT VALID: ${reason}`] },
      options.json,
    );
    return answeredNo;
  }
  const isFounded = entries.right[0]?.founded !== undefined;
  session.print(
    {
      json: { ...historyJson(verified.right), founded: isFounded },
      lines: describeHistory(verified.right, origin.right, { ...options, isFounded }),
    },
    options.json,
  );
  return succeeded;
}

/** What the history says of itself, where nothing else is known. */
async function originOf(
  { key, id }: VerifyOptions,
  entries: readonly HistoryEntry[],
): Promise<Either<Failure, TrustedOrigin>> {
  if (key !== undefined) return readTrustedKey(key, entries);
  const [first] = entries;
  if (first === undefined) return badInput('the history has no epochs');
  return E.right({ _tag: 'alliance', allianceId: id ?? allianceIdOf(first.document) });
}

function historyJson({ allianceId: id, epochs }: History): object {
  return {
    valid: true,
    allianceId: toHex(id),
    epochs: epochs.map(({ epoch, configurationDigest, keyId, isEnacted, document }) => ({
      epoch,
      configurationDigest: toHex(configurationDigest),
      change: document.change,
      keyId: toHex(keyId),
      enacted: isEnacted,
    })),
  };
}

function describeHistory(
  { allianceId: id, epochs }: History,
  origin: TrustedOrigin,
  options: VerifyOptions & { readonly isFounded: boolean },
): readonly string[] {
  const { isFounded } = options;
  const last = epochs.at(-1);
  const isGiven = options.key !== undefined || options.id !== undefined;
  const basis = isGiven ? `follows from ${options.key ?? 'the id of the alliance'}` : 'holds in itself';
  return [
    `VALID: the history of ${epochs.length === 1 ? '1 epoch' : `${epochs.length} epochs`} ${basis}`,
    `  alliance      ${toHex(id)}`,
    ...epochs.map(
      ({ epoch, configurationDigest, isEnacted }) =>
        `  epoch ${inColumn(String(epoch), 8)}${toHex(configurationDigest)}${isEnacted ? '' : ', not enacted yet'}`,
    ),
    ...(isFounded ? ['  founded by    all organizations of the first document, which have signed it'] : []),
    ...(isGiven
      ? []
      : ['Compare the id of the alliance with what its founders read out: anyone could have written this.']),
    ...(last === undefined || origin._tag !== 'key' || !last.document.governance.distrusted.some(isKey(origin))
      ? []
      : ['An attacker knows this key, says the last document: use another, or the id of the alliance.']),
  ];
}

function isKey({ keyId }: { readonly keyId: Digest }): (id: Digest) => boolean {
  return (id) => equalBytes(id, keyId);
}
