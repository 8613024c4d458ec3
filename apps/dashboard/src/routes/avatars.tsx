import { createRoute } from '@tanstack/react-router';
import { Gallery } from '../components/gallery.tsx';
import { shellRoute } from './shell.tsx';

export const avatarsRoute = createRoute({ getParentRoute: () => shellRoute, path: '/avatars', component: Gallery });
