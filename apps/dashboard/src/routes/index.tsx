import { createRoute } from '@tanstack/react-router';
import { Playground } from '../components/playground.tsx';
import { shellRoute } from './shell.tsx';

export const indexRoute = createRoute({ getParentRoute: () => shellRoute, path: '/', component: Playground });
