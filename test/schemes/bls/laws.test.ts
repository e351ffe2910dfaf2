import { distributedSignerLaws } from '../../../spec/laws/distributed-signer-laws.js';
import { lawSetup, shapes } from './law-setups.js';
import { blst, mcl } from './setup.js';

const { small, ...others } = shapes;

for (const shape of Object.values(others)) {
  distributedSignerLaws(`BLS, ${shape.name}, min-pk-pop by blst`, () => lawSetup(shape, 'min-pk-pop', blst));
}

distributedSignerLaws('BLS, 2 of 3, min-sig-nul by mcl', () => lawSetup(small, 'min-sig-nul', mcl));
