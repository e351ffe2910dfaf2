/** Decoders of documents and notations: alliances, policies, trust models, keys, directories, beacons, names. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type * as t from 'io-ts';
import { utf8 } from '../../src/prelude/bytes.js';
import { decodeJson } from '../../src/prelude/codec.js';
import { digest } from '../../src/prelude/digest.js';
import { E, type Either } from '../../src/prelude/fp.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { Universe } from '../../src/prelude/process.js';
import { processCodec } from '../../src/prelude/process-codec.js';
import { decodeAllianceText, encodeAlliance } from '../../src/management/alliance-codec.js';
import { failureModelCodec, failureModelOf } from '../../src/quorum/analysis/availability/failure-model-codec.js';
import { policyMembers } from '../../src/quorum/policy/policy.js';
import { policyCodec, policyRuleCodec } from '../../src/quorum/policy/policy-codec.js';
import { parsePolicy, parsePolicyRule, printPolicy, printPolicyRule } from '../../src/quorum/policy/policy-text.js';
import { recoveryPolicy } from '../../src/quorum/trust/derived-policy.js';
import { trustModelCodec } from '../../src/quorum/trust/trust-codec.js';
import { parseTrust, printTrust } from '../../src/quorum/trust/trust-text.js';
import { dealBls } from '../../src/schemes/bls/dealer.js';
import { keyFileJson, parseKeyFile } from '../../src/schemes/key-file/key-file-codec.js';
import type { KeyFile } from '../../src/schemes/key-file/key-file.js';
import { allianceKeyShareCodec } from '../../src/schemes/key-share-codec.js';
import { makeVerifier } from '../../src/schemes/registry.js';
import { beaconCodec, drandChainCodec } from '../../src/schemes/uses/drand-chain-codec.js';
import { directoryOwnerCodec, versionCodec } from '../../src/server/directory/directory-codec.js';
import { draftFileCodec } from '../../src/server/membership/draft-codec.js';
import { organizationCodec } from '../../src/management/organization-codec.js';
import { keptShareCodec } from '../../src/server/membership/kept-share-codec.js';
import { parsePrivateKey, printPrivateKey } from '../../src/server/directory/private-key-file.js';
import { identityUri, parseIdentityUri } from '../../src/transport/identity.js';
import { decodeHistoryText, encodeHistory } from '../../src/management/alliance-history-codec.js';
import { decodeRestartText, printRestart } from '../../src/management/recovery/restart-codec.js';
import { decodeConsentsText, printConsents } from '../../src/management/founding/consent-codec.js';
import {
  decodeContentText,
  decodeExportText,
  printContent,
  printExport,
} from '../../src/management/founding/organization-export-codec.js';
import { makeOrganizationCa } from '../../src/server/founding/certificates.js';
import { certificateKey } from '../../src/server/founding/organization-directory.js';
import { madeContent, madeExport } from '../management/founding/made-export.js';
import { madeHistory } from '../management/made-history.js';
import { madeRestart } from '../management/recovery/made-restart.js';
import { fixedAlliance, withSlowKey } from '../management/fixed-alliance.js';
import { multisigShare, rsaShare } from '../schemes/key-file/keys.js';
import { right } from '../support/right.js';
import { seededRandom } from '../support/seeded-random.js';
import { testSeed } from '../support/signers.js';
import { policy, trust } from '../support/trust.js';
import { type Decoder, textDecoder } from './decoder.js';

/** A decoder of JSON by its codec. */
function jsonDecoder<A, O>(
  name: string,
  covers: Decoder['covers'],
  corpus: readonly unknown[],
  codec: t.Type<A, O>,
): Decoder {
  const texts = corpus.map((value) => JSON.stringify(value));
  return textDecoder(
    name,
    covers,
    'json',
    texts,
    (text) => decodeJson(codec, text),
    (value) => JSON.stringify(codec.encode(value)),
  );
}

function vectorsOf(file: string): unknown {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, '../../spec/vectors', file), 'utf8')) as unknown;
}

const uses = vectorsOf('uses.json') as {
  readonly chains: readonly { readonly info: unknown }[];
  readonly rounds: readonly {
    readonly round: number;
    readonly signature: string;
    readonly previous_signature: string;
  }[];
};

const files = vectorsOf('key-files.json') as { readonly files: Readonly<Record<string, unknown>> };

const consents = [
  {
    organization: 'acme',
    signatures: ['ann', 'bob'].map((by) => ({ by: by as ProcessId, signature: new Uint8Array(64).fill(7) })),
  },
];

const policies = [
  '2 of (acme: 2 of 3, globex: 3 of (g1, g2, g3, g4, g5), initech)',
  'weight >= 67 of (acme*30, globex*25, initech*20, hooli*25)',
  'a and (b or c)',
  '3 of (a, b, 2 of (c, d, e), all of (f, g))',
];

const rules = [...policies, 'majority of orgs', 'majority of orgs (majority of servers)', '2 of orgs'];

const trusts = [
  'f=1 t=1 of (a, b, c, d)',
  'f=1 of (acme: f=1 of 4, globex: f=0 of 1, initech, hooli)',
  'weight f=4 t=2 of (a*3, b*3, c*2, d*2, e*2, g*2, h*1)',
];

const blsKey = right(
  dealBls({
    policy: policy('2 of (a, b, c)'),
    universe: new Universe(policyMembers(policy('2 of (a, b, c)'))),
    usage: 'document',
    epoch: 1,
    random: seededRandom(4),
  }),
).publicKey;

const multisig = multisigShare();
const rsa = rsaShare();

const keyFiles: readonly unknown[] = [
  ...Object.values(files.files),
  ...[multisig, rsa].map((file) => keyFileJson(file)),
  ...[multisig.key, rsa.key, blsKey].map((key) => keyFileJson({ _tag: 'public-key', key })),
];

/** The file, once its key has been loaded, which must not throw either. */
function loadedKeyFile(text: string): Either<unknown, KeyFile> {
  const file = parseKeyFile(text);
  if (E.isRight(file) && file.right._tag === 'public-key') {
    const { key } = file.right;
    makeVerifier(key, new Universe(policyMembers(key.policy)));
  }
  return file;
}

const failures = {
  server: 0.99,
  servers: { 'a/1': 0.5 },
  organization: 0.999,
  organizations: { b: 0.9 },
  groups: [{ name: 'eu-west', members: ['a/1', 'b/1'], up: 0.9995 }],
};

const members = ['a/1', 'b/1', 'c/1'] as readonly string[] as readonly ProcessId[];

const { trust: fixedTrust } = fixedAlliance();
const { publicKey: slowKey } = right(
  dealBls({
    policy: recoveryPolicy(fixedTrust),
    universe: fixedTrust.system.processes.universe,
    usage: 'statement',
    epoch: 1,
    random: seededRandom(1),
  }),
);

const owner = { version: 1, id: 'acme/1', allianceId: '07'.repeat(32) };

export const textDecoders: readonly Decoder[] = [
  textDecoder(
    'an alliance document',
    {
      'src/management/alliance-codec.ts': 3,
      'src/management/governance-codec.ts': 5,
      'src/management/organization-codec.ts': 2,
    },
    'json',
    [
      JSON.stringify(encodeAlliance(fixedAlliance())),
      JSON.stringify(encodeAlliance(withSlowKey(slowKey))),
      JSON.stringify((vectorsOf('alliance.json') as { document: unknown }).document),
    ],
    decodeAllianceText,
    (alliance) => JSON.stringify(encodeAlliance(alliance)),
  ),
  textDecoder(
    'a restart',
    { 'src/management/recovery/restart-codec.ts': 3 },
    'json',
    [printRestart(madeRestart())],
    decodeRestartText,
    printRestart,
  ),
  {
    ...textDecoder(
      'the history of an alliance',
      { 'src/management/alliance-history-codec.ts': 2 },
      'json',
      [JSON.stringify(encodeHistory(madeHistory().slice(0, 2)))],
      decodeHistoryText,
      (entries) => JSON.stringify(encodeHistory(entries)),
    ),
    share: 0.5,
  },
  {
    ...textDecoder(
      'a key file',
      {
        'src/schemes/key-file/key-file-codec.ts': 2,
        'src/schemes/public-key-codec.ts': 2,
        'src/schemes/bls/key-codec.ts': 2,
        'src/schemes/multisig/key-codec.ts': 2,
        'src/schemes/shoup-rsa/key-codec.ts': 2,
      },
      'json',
      keyFiles.map((file) => JSON.stringify(file)),
      loadedKeyFile,
      (file) => JSON.stringify(keyFileJson(file)),
    ),
    share: 0.5,
  },
  jsonDecoder(
    'a key share',
    {
      'src/schemes/key-share-codec.ts': 1,
      'src/schemes/key-file/sealed-key-share.ts': 1,
      'src/server/directory/server-directory.ts': 1,
    },
    [multisig, rsa].map(({ share }) => allianceKeyShareCodec.encode(share)),
    allianceKeyShareCodec,
  ),
  jsonDecoder(
    'a policy in JSON',
    { 'src/cli/policy-argument.ts': 1, 'src/quorum/policy/policy-codec.ts': 2 },
    policies.map((text) => policyCodec.encode(policy(text))),
    policyCodec,
  ),
  jsonDecoder(
    'a rule in JSON',
    {},
    rules.map((text) => policyRuleCodec.encode(right(parsePolicyRule(text)))),
    policyRuleCodec,
  ),
  jsonDecoder(
    'a trust model in JSON',
    { 'src/cli/trust-argument.ts': 1, 'src/quorum/trust/trust-codec.ts': 1 },
    [
      ...trusts.map((text) => trustModelCodec.encode(trust(text))),
      { sets: { byzantine: [['a'], ['b', 'c']], slow: [['a']], of: ['a', 'b', 'c', 'd', 'e', 'g', 'h'] } },
    ],
    trustModelCodec,
  ),
  textDecoder(
    'a policy',
    { 'src/quorum/policy/policy-text.ts': 2, 'src/quorum/tree/text-tokens.ts': 1 },
    'text',
    policies,
    parsePolicy,
    printPolicy,
  ),
  textDecoder('a rule', {}, 'text', rules, parsePolicyRule, printPolicyRule),
  textDecoder('a trust model', { 'src/quorum/trust/trust-text.ts': 1 }, 'text', trusts, parseTrust, printTrust),
  jsonDecoder(
    'a failure model',
    { 'src/quorum/analysis/availability/failure-model-codec.ts': 1, 'src/cli/failure-argument.ts': 1 },
    [failures],
    failureModelCodec,
  ),
  textDecoder(
    'a failure model of members',
    {},
    'json',
    [JSON.stringify(failures)],
    (text) =>
      E.chainW((json: Parameters<typeof failureModelOf>[0]) => E.map(() => json)(failureModelOf(json, members)))(
        decodeJson(failureModelCodec, text),
      ),
    (json) => JSON.stringify(json),
  ),
  textDecoder(
    'the export of an organization',
    { 'src/management/founding/organization-export-codec.ts': 4, 'src/server/founding/organization-directory.ts': 2 },
    'json',
    [printExport(madeExport())],
    decodeExportText,
    printExport,
  ),
  textDecoder('what an organization is', {}, 'json', [printContent(madeContent())], decodeContentText, printContent),
  textDecoder(
    'consents to a founding',
    { 'src/management/founding/consent-codec.ts': 3 },
    'json',
    [printConsents({ allianceId: digest(utf8('alliance')), consents })],
    decodeConsentsText,
    printConsents,
  ),
  textDecoder(
    'the key in a certificate',
    {},
    'text',
    [makeOrganizationCa('acme', { from: new Date(), to: new Date(Date.now() + 86_400_000) }).certificate],
    (pem) => E.map(() => pem)(E.fromNullable('none')(certificateKey(pem))),
    (pem) => pem,
  ),
  jsonDecoder(
    'the owner of a directory',
    { 'src/server/directory/directory-codec.ts': 2, 'src/server/directory/directory-documents.ts': 2 },
    [owner],
    directoryOwnerCodec,
  ),
  textDecoder(
    'the version of a file',
    {},
    'json',
    [JSON.stringify(owner)],
    (text) => decodeJson(versionCodec, text),
    ({ version }) => JSON.stringify({ version }),
  ),
  jsonDecoder(
    'a chain of drand',
    { 'src/schemes/uses/drand-chain-codec.ts': 2 },
    uses.chains.map(({ info }) => info),
    drandChainCodec,
  ),
  jsonDecoder(
    'a round of drand',
    { 'src/cli/key/use/result-check.ts': 1 },
    uses.rounds.map(({ round, signature, previous_signature }) => ({ round, signature, previous_signature })),
    beaconCodec,
  ),
  jsonDecoder(
    'the draft of a change',
    { 'src/server/membership/draft-codec.ts': 1, 'src/cli/commands/member/acknowledge.ts': 1 },
    [
      {
        version: 1,
        allianceId: '11'.repeat(32),
        change: 3,
        draft: '22'.repeat(32),
        epoch: 2,
        trust: 'f=1 t=1 of (a/1, b/1, c/1, d/1)',
        organizations: fixedAlliance().organizations.map((each) => organizationCodec.encode(each)),
      },
    ],
    draftFileCodec,
  ),
  jsonDecoder(
    'a share of a key that may come to be',
    { 'src/server/membership/kept-share-codec.ts': 1, 'src/server/membership/change-files.ts': 2 },
    [multisig, rsa].map(({ share }) => ({
      role: 'alliance',
      ceremonyId: '11'.repeat(32),
      acknowledgement: '22'.repeat(32),
      share: allianceKeyShareCodec.encode(share),
    })),
    keptShareCodec,
  ),
  jsonDecoder('the name of a process', { 'src/prelude/process-codec.ts': 1 }, ['acme/1', 'globex'], processCodec),
  textDecoder(
    'the URI of an identity',
    { 'src/transport/identity.ts': 1 },
    'text',
    ['koinon:server/acme/1', 'koinon:client/acme/shop'],
    (uri) => E.fromNullable('none')(parseIdentityUri(uri)),
    identityUri,
  ),
  {
    ...textDecoder(
      'a private key',
      { 'src/server/directory/private-key-file.ts': 1 },
      'text',
      [printPrivateKey(testSeed('a' as ProcessId))],
      (pem) => E.fromNullable('none')(parsePrivateKey(pem)),
      printPrivateKey,
    ),
    share: 0.3,
  },
];
