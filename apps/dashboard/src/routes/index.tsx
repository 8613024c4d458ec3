import { createRoute } from '@tanstack/react-router';
import { z } from 'zod';
import { Playground } from '../components/playground.tsx';
import { shellRoute } from './shell.tsx';

const search = z.object({ avatar: z.string().optional().catch(undefined) });

export const indexRoute = createRoute({ getParentRoute: () => shellRoute, path: '/', validateSearch: search, component: PlaygroundPage });

function PlaygroundPage() {
  const { avatar } = indexRoute.useSearch();
  return <Playground firstAvatarId={avatar ?? null} />;
}
