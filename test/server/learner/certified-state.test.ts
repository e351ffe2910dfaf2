/** A state is believed by the slow key of an epoch whose document is known, and by nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { type SnapshotCertificate, stateDigest } from '../../../src/consensus/manifest.js';
import { snapshotStatement } from '../../../src/consensus/statement.js';
import type { DistributedSigner, Signature } from '../../../src/schemes/contract/distributed-signer.js';
import type { AllianceScheme } from '../../../src/server/founding/alliance-key-dealing.js';
import { loadServerDirectory, type ServerDirectory } from '../../../src/server/directory/server-directory.js';
import { isCertifiedState } from '../../../src/server/learner/certified-state.js';
import { EpochAlliance } from '../../integration/epoch-alliance.js';
import { right } from '../../support/right.js';

describe.each<AllianceScheme>([{ _tag: 'multisig' }, { _tag: 'bls' }])(
  'where slow quorums sign with $_tag',
  (scheme) => {
    let alliance: EpochAlliance;
    let servers: readonly ServerDirectory[];

    beforeAll(async () => {
      alliance = await EpochAlliance.found({ windowSlots: 16, checkpointInterval: 8, baseTimeoutMs: 1000 }, scheme);
      servers = await Promise.all(
        ['a/1', 'b/1', 'c/1', 'd/1'].map(async (id) =>
          right(await loadServerDirectory(present(alliance.servers.get(id as ProcessId), 'a server'))()),
        ),
      );
    });
    afterAll(() => {
      alliance.remove();
    });

    const said = {
      slot: 64,
      chain: digest(utf8('chain')),
      manifest: { chunkCount: 1, byteLength: 3, root: digest(utf8('root')) },
    };

    function certificate(epoch = 1): SnapshotCertificate {
      const signers = servers.map(({ keys }): DistributedSigner => present(keys, 'keys').slow);
      const first = present(signers[0], 'a signer');
      const context = { allianceId: present(servers[0], 'a server').allianceId, keyId: first.keyId, epoch };
      const statement = snapshotStatement(context, { ...said, state: stateDigest(said.slot, said.manifest) });
      const shares = new Map(signers.map((one) => [one.me, right(one.signShare(statement))]));
      return { ...said, signature: right(first.combine(statement, shares)).signature };
    }

    it('is believed as it was signed, and in no other way', () => {
      const documents = servers.slice(0, 1);
      const valid = certificate();
      expect(isCertifiedState(valid, documents)).toBe(true);
      const another = digest(utf8('another'));
      for (const changed of [
        { slot: 65 },
        { chain: another },
        { manifest: { ...said.manifest, byteLength: 4 } },
        { manifest: { ...said.manifest, root: another } },
        { signature: new Uint8Array(valid.signature.length) as Signature },
      ])
        expect(isCertifiedState({ ...valid, ...changed }, documents)).toBe(false);
      expect(isCertifiedState(certificate(2), documents)).toBe(false);
      expect(isCertifiedState(valid, [])).toBe(false);
    });

    it('is not believed by the document of another epoch, but by one of several', () => {
      const own = present(servers[0], 'a server');
      const next = { allianceId: own.allianceId, alliance: alliance.second.alliance };
      expect(isCertifiedState(certificate(), [next])).toBe(false);
      expect(isCertifiedState(certificate(), [next, own])).toBe(true);
    });
  },
);
