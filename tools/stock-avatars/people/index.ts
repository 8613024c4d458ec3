import type { Person } from '../person.ts';
import { amara } from './amara.ts';
import { arjun } from './arjun.ts';
import { elias } from './elias.ts';
import { helen } from './helen.ts';
import { layla } from './layla.ts';
import { mei } from './mei.ts';
import { samuel } from './samuel.ts';
import { sofia } from './sofia.ts';

export const people: readonly Person[] = [amara, elias, mei, samuel, helen, arjun, layla, sofia];
