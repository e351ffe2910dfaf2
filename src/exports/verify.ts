/** `koinon/verify`: believing a decided log by the alliance's public key alone. Runs without Node. */
export { decodeServerMessage, encodeClientMessage } from '../client/protocol.js';
export {
  certificateStatement,
  describeVerifyError,
  LogVerifier,
  type TrustAnchor,
  type VerifiedRange,
  type VerifyError,
} from '../client/verify.js';
export type { Delivered } from '../consensus/delivery.js';
export type { DecidedRange, PrefixCertificate } from '../consensus/range.js';
export { alliancePublicKeyCodec } from '../schemes/public-key-codec.js';
export type { AlliancePublicKey } from '../schemes/public-key.js';
export { publicVerifier, type PublicVerifier } from '../schemes/public-verifier.js';
