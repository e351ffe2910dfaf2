/**
 * Whether a backend judges by the rule of `encoding` where libraries differ. What a backend has to check before it asks its library
 * is not here: encodings and points of small order, which `spec/vectors/ed25519-edge.json` holds, as it holds these cases.
 */
import { equalBytes, fromHex, utf8 } from '../../prelude/bytes.js';
import { present } from '../../prelude/invariant.js';
import { type Ed25519Backend, type Ed25519PublicKey, ed25519Seed } from './encoding.js';

interface Case {
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly isValid: boolean;
}

const honestKey = '4f8bddeb7c1e8a4e12c71cde2cc97f34777a378024b9a5a007d1c5808d3cab91';
/** Of mixed order. */
const mixedKey = '884522b3b050a9f48c24e18f743703deb99bda15b20f599184cd50c353f6977b';
const honestR = '80234161f54190c094baa30b0db6ec1fafc7ede68b492c96e6692e563c279d6e';

const cases: readonly Case[] = [
  {
    publicKey: honestKey,
    message: 'honest 0',
    signature: `${honestR}09bfafe10643694d4ac2db3460c20b69634364675fcdff7d7095a64679668908`,
    isValid: true,
  },
  // S + L
  {
    publicKey: honestKey,
    message: 'honest 0',
    signature: `${honestR}f692a53e21a67ba5205fd3d73ebcea7d634364675fcdff7d7095a64679668918`,
    isValid: false,
  },
  // The equation holds with the cofactor alone.
  {
    publicKey: mixedKey,
    message: 'mixed A 0',
    signature: `${honestR}0aa913a871208cd9f48aaa0a6687844e1d960d4325bf0e7eb7afbd2c5053cb0d`,
    isValid: false,
  },
  // Parts of order 8 on both sides of the equation, which holds without the cofactor.
  {
    publicKey: mixedKey,
    message: 'mixed both 4',
    signature:
      '9e66d540eaf2be0e92e63994e3af9923082c851977bf472e107976f978e6ae96785e9c2c35db85188cc2e3898bbad387ee6808394efcfee1666f7799eedf9f0e',
    isValid: true,
  },
  // Off the curve.
  {
    publicKey: `02${'00'.repeat(31)}`,
    message: 'x',
    signature: `${honestR}8e4fe3c922587d38222aea6a02946d33f093880bac684f03ff571098f0c0f10f`,
    isValid: false,
  },
];

/** RFC 8032, section 7.1, test 1. */
const seed = ed25519Seed(bytesOf('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));
const signatureOfNothing = bytesOf(
  'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
);

export function passesSelfTest({ verify, sign }: Ed25519Backend): boolean {
  try {
    return cases.every(isJudgedWell) && equalBytes(sign(present(seed, '32 bytes'), utf8('')), signatureOfNothing);
  } catch {
    return false;
  }

  function isJudgedWell({ publicKey, message, signature, isValid }: Case): boolean {
    return verify(bytesOf(publicKey) as Ed25519PublicKey, utf8(message), bytesOf(signature)) === isValid;
  }
}

function bytesOf(hex: string): Uint8Array {
  return present(fromHex(hex), 'hexadecimal');
}
