/** Fixed answers of @noble/curves 2.4.0 that every backend is held against. Public: the secret was made for this. */
import { fromHex, utf8 } from '../../prelude/bytes.js';
import { present } from '../../prelude/invariant.js';
import { type Ciphersuite, type GroupName, otherGroup } from './ciphersuite.js';

export const selfTestMessage = utf8('koinon bls self-test');

export const selfTestSecret = bytes('25bdef563d9c2a042bb3448d6c4a11bca5dfdfcdc432557cf898fd8764550bfb');

export interface SelfTestAnswer {
  readonly key: Uint8Array;
  /** Over {@link selfTestMessage}. */
  readonly signature: Uint8Array;
}

/** The answer in a ciphersuite; `undefined` for one that no key has. */
export function answerIn({ signatureGroup, dst }: Ciphersuite): SelfTestAnswer | undefined {
  const found = signatures[signatureGroup][dst];
  return found === undefined ? undefined : { key: bytes(keys[otherGroup(signatureGroup)]), signature: bytes(found) };
}

/** Compressed points by their x coordinate: the first is of no point of the curve, the second of one outside the group. */
export const notInGroup: Readonly<Record<GroupName, readonly [offCurve: number, outside: number]>> = {
  G1: [1, 4],
  G2: [1, 2],
};

const keys: Readonly<Record<GroupName, string>> = {
  G1: '97ae888c0ea9993935d836b078fb6d8e032a49e1e7b3e8ac2c7483f314d2136c8973a3ab1713f84de885feff9dd8be3d',
  G2:
    'b9488aea97b3c0250863959554094867264395be9967184e6239e3314677628b365e181e9b651d37a8a184ffeba2867f' +
    '102234eecc9344360b18ec67a46902d9278810ed10705738f84a9686f35abe1ffa4d96feb2267a27e6be957b5e39a237',
};

const signatures: Readonly<Record<GroupName, Readonly<Record<string, string>>>> = {
  G1: {
    'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_':
      '941d0a3192140b6f8ceac488d86f15b681a65574e11fee7ce5314709e664ad8fbe0aee3e39046cb31dfdf694b99820a1',
    'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_':
      'b73fb37fc560839d8e91881655091475adec779cace88fb3132fb287df729a3eeaa4276c568899eda4b70495da9e34ac',
    'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_':
      '97e3319b409bef0b29445e5cdaebe350586e17d1edad9da4d438d7375c3623caefdb6cdba00c7f7f964610aebb7469ef',
    'BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_':
      '91d02dd05dc32f052ce842d0e22ab0ec7ead258b5f4ed870d9070d758ef492bd0f6c6df5038671ceb7a77d247b88c9c5',
  },
  G2: {
    'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_':
      '941014fcda5e1ca4aaa744e46947c247d5e47933914339c6a27fcd401e2b552f8a077b651f5d9826add66b721923b1a3' +
      '18edbc05a7236c0fa0e32ac4d4076d7ec322a2f326f9fbb39c65ede84e28d438cfb96cb1861ed80fd8748f122e71aafa',
    'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_':
      'b59ca6f06744907704d273488c214a1aad5ae2ba1ad6fd5efcb225d1ef83522c4666866798b276a81410803d7c46fbc9' +
      '0fdad04026eaf649b1bc26703cd40151078916ced331724e9ff8467459e5d87d3ad15964fc6f0d58e4d81712dfb3d5f0',
    'BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_':
      'b1ae7eb0c375b0741c474156b0bcf4b92ff0f2e9f51835e343dafd64f254a5d6ff39380f5183d874cd41b989ce644ab6' +
      '0ad12a1ce313ec069ac28d2d4fd55cbcacb90272e9a383bd122e6a106b8385d4e35e23f7abc50aa87775712600395af6',
  },
};

function bytes(hex: string): Uint8Array {
  return present(fromHex(hex), 'lower-case hexadecimal');
}
