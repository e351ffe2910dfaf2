/**
 * An alliance for trying: all organizations, servers and applications on one machine, whose keys one program draws. A real
 * alliance is founded by its organizations, each with its own keys on its own machines (design: "Founding").
 */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import type { RandomBytes } from '../../prelude/random.js';
import { isName } from '../../prelude/process.js';
import type { Alliance, GovernanceLengths } from '../../management/alliance.js';
import { allianceIdOf, configurationDigestOf } from '../../management/alliance-codec.js';
import { describeAllianceError } from '../../management/errors.js';
import { type AllianceScheme, type DealtKeys, dealKeys, type SearchProgress } from './alliance-key-dealing.js';
import type { FoundingError } from '../directory/errors.js';
import { makeMembers, type Members, organizationEntryOf } from './founding-members.js';
import { foundingDocument, foundingEpoch, usualGovernance } from './founding-document.js';
import { allianceEntries } from './founding-files.js';
import { planFounding, type PlanWish } from './founding-plan.js';
import { findFreePorts, type PortChoice } from './free-ports.js';
import { checkVacant, writeNewDirectory } from '../directory/new-directory.js';

export interface FoundingWish extends PlanWish {
  /** Must not exist yet, or be empty. */
  readonly directory: string;
  /** Of the alliance key. */
  readonly scheme: AllianceScheme;
  /** How slow quorums sign their certificates; multisignatures if absent. */
  readonly certificates?: AllianceScheme;
  /** Keys with which the alliance signs documents, by name; none if absent. */
  readonly documentKeys?: ReadonlyMap<string, AllianceScheme>;
  readonly ports: PortChoice;
  /** Where they are to be other than usual. */
  readonly lengths?: Partial<GovernanceLengths>;
  /** The system's own if absent. */
  readonly random?: RandomBytes;
  readonly onProgress?: (progress: SearchProgress) => void;
}

export interface Founded {
  /** Absolute. */
  readonly directory: string;
  readonly alliance: Alliance;
  readonly allianceId: Digest;
  readonly configurationDigest: Digest;
}

const noKeys: ReadonlyMap<string, AllianceScheme> = new Map();
const host = '127.0.0.1';
/** Makes everything and writes it at the end, all or nothing. The search for safe primes may take a minute. */
export function foundForTrying(wish: FoundingWish): TaskEither<FoundingError, Founded> {
  return async () => {
    const { directory, random = randomBytes, onProgress = () => undefined } = wish;
    const vacant = checkVacant(directory);
    if (E.isLeft(vacant)) return vacant;
    const plan = planFounding(wish);
    if (E.isLeft(plan)) return plan;
    const { scheme, certificates = { _tag: 'multisig' }, documentKeys: documents = noKeys } = wish;
    const badName = [...documents.keys()].find((name) => !isName(name));
    if (badName !== undefined) return E.left({ _tag: 'BadName', name: badName });
    const { trust } = plan.right;
    const { universe } = trust.system.processes;
    const ports = await findFreePorts(wish.ports, host, universe.size);
    if (E.isLeft(ports)) return ports;
    const form = certificates._tag === 'multisig' ? 'multisig' : 'threshold';
    const members = makeMembers(plan.right, { host, ports: ports.right }, random, form);
    const governance = usualGovernance({ trust, organizations: members.organizations.map(organizationEntryOf) });
    if (E.isLeft(governance)) return E.left({ _tag: 'NoStructure', reason: governance.left });
    const keys = await dealKeys({ scheme, certificates, documents }, trust, foundingEpoch, { random, onProgress });
    if (E.isLeft(keys)) return keys;
    const terms = { ...governance.right.terms, ...wish.lengths };
    const alliance = assemble({ trust, governance: { ...governance.right, terms } }, members, keys.right);
    return write(directory, alliance, members, keys.right);
  };
}

function write(
  directory: string,
  alliance: Alliance,
  members: Members,
  keys: DealtKeys,
): Either<FoundingError, Founded> {
  const allianceId = allianceIdOf(alliance);
  const written = writeNewDirectory(directory, allianceEntries(alliance, members, keys));
  if (E.isLeft(written)) return written;
  const configurationDigest = configurationDigestOf(alliance);
  return E.right({ directory: resolve(directory), alliance, allianceId, configurationDigest });
}

function assemble(
  { trust, governance }: Pick<Alliance, 'trust' | 'governance'>,
  members: Members,
  keys: DealtKeys,
): Alliance {
  const made = foundingDocument({
    trust,
    organizations: members.organizations.map(organizationEntryOf),
    applications: members.applications.map(({ entry }) => entry),
    allianceKey: keys.alliance.publicKey,
    ...(keys.slow === undefined ? {} : { slowKey: keys.slow.publicKey }),
    documentKeys: [...keys.documents].map(([name, { publicKey }]) => ({ name, publicKey })),
    governance,
  });
  invariant(E.isRight(made), `a founded alliance is one: ${E.isLeft(made) ? describeAllianceError(made.left) : ''}`);
  return made.right;
}
