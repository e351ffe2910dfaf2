/** The files of a key that a dealer made for the next epoch: the key for the proposal, and for each server what goes into its `incoming/`. */
import { join } from 'node:path';
import { printedJson } from '../../prelude/codec.js';
import { fileNameOf } from '../../prelude/process.js';
import type { KeyRole } from '../../management/proposals/action.js';
import { roleName } from '../../management/proposals/key-roles.js';
import { printKeyFile } from '../../schemes/key-file/key-file-codec.js';
import { allianceKeyShareCodec } from '../../schemes/registry.js';
import { publicKeyPem } from '../../schemes/shoup-rsa/public-key-pem.js';
import { incomingShareName } from '../directory/layout.js';
import type { NewEntry } from '../directory/new-directory.js';
import type { DealtAllianceKey } from './alliance-key-dealing.js';

export const dealtKeyNames = { publicKey: 'public.json', pem: 'public.pem' } as const;

export function dealtKeyEntries(role: KeyRole, { publicKey, shares }: DealtAllianceKey): readonly NewEntry[] {
  return [
    { path: dealtKeyNames.publicKey, content: printKeyFile({ _tag: 'public-key', key: publicKey }) },
    ...(publicKey._tag === 'shoup-rsa' ? [{ path: dealtKeyNames.pem, content: publicKeyPem(publicKey) }] : []),
    ...[...shares.values()].map((share) => ({
      path: join(fileNameOf(share.process), incomingShareName(roleName(role))),
      content: printedJson(allianceKeyShareCodec.encode(share)),
      isSecret: true,
    })),
  ];
}
