/** The directory of a dealt key: `public.json`, `public.pem` for RSA, and a key share for each member. */
import type { ProcessId } from '../../../prelude/process.js';
import { printKeyFile } from '../../../schemes/key-file/key-file-codec.js';
import { sealKeyShare } from '../../../schemes/key-file/sealed-key-share.js';
import type { MasterKey } from '../../../schemes/key-file/sealing.js';
import type { AllianceKeyShare, AlliancePublicKey } from '../../../schemes/registry.js';
import { publicKeyPem } from '../../../schemes/shoup-rsa/public-key-pem.js';
import type { NewEntry } from '../../../server/directory/new-directory.js';
import { keyFileNames, shareFile } from './key-layout.js';

/** @param master - seals the key shares, if there is a passphrase. */
export function keyEntries(
  key: AlliancePublicKey,
  shares: ReadonlyMap<ProcessId, AllianceKeyShare>,
  master: MasterKey | undefined,
): readonly NewEntry[] {
  return [
    { path: keyFileNames.publicKey, content: printKeyFile({ _tag: 'public-key', key }) },
    ...(key._tag === 'shoup-rsa' ? [{ path: keyFileNames.pem, content: publicKeyPem(key) }] : []),
    ...[...shares.values()].map((share) => ({
      path: shareFile(share.process),
      content: printShare(key, share, master),
      isSecret: true,
    })),
  ];
}

function printShare(key: AlliancePublicKey, share: AllianceKeyShare, master: MasterKey | undefined): string {
  const file = { _tag: 'key-share', key, share } as const;
  return printKeyFile(master === undefined ? file : sealKeyShare(file, master));
}
