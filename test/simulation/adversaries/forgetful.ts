/** Does everything right, but its disk keeps no promise: what it lost, it may say otherwise (R13). Its crashes are the scenario's. */
import type { MakeAdversary } from './adversary.js';

export const forgetful: MakeAdversary = () => ({});
