import type { FunctionComponent } from 'preact';
import { lazy } from 'preact-iso';

/** A view of the dashboard. Its code is loaded when it is opened first. */
export interface View {
    /** The address; `:id` is a parameter, which useRoute().params has. */
    path: string;
    title: string;
    /** The heading in the navigation under which it stands; views without one are reached from others. */
    group?: 'Research' | 'Trading' | 'Learning' | 'Data';
    /** A sentence for the command palette. */
    summary: string;
    component: FunctionComponent;
}

/** All views, in the order of the navigation. A new view is one entry here and one folder beside. */
export const views: View[] = [
    {
        path: '/',
        title: 'Start',
        group: 'Research',
        summary: 'What Granary does, and a first run',
        component: lazy(() => import('./start/StartView')),
    },
    {
        path: '/runs',
        title: 'Runs',
        group: 'Research',
        summary: 'Finished runs, the newest first',
        component: lazy(() => import('./runs/RunsView')),
    },
];
