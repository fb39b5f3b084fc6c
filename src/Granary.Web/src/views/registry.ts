import type { FunctionComponent } from 'preact';
import { lazy } from '../components/lazy';

/** A view of the dashboard. Its code is loaded when it is opened first. */
export interface View {
    /** The address; `:id` is a parameter, which useRoute().params has. */
    path: string;
    title: string;
    /** Its group in the navigation; views without one are reached from other views. */
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
        summary: 'Introduction, and a first run',
        component: lazy(() => import('./start/StartView')),
    },
    {
        path: '/batches/new',
        title: 'New batch',
        group: 'Research',
        summary: 'Strategies, parameters, markets, dates and costs, in a form or as a file',
        component: lazy(() => import('./batches/BatchView')),
    },
    {
        path: '/editor',
        title: 'Editor',
        group: 'Research',
        summary: 'Write a strategy in one C# file, run it, and see the results beside it',
        component: lazy(() => import('./editor/EditorView')),
    },
    {
        path: '/studies/new',
        title: 'Factor study',
        group: 'Research',
        summary: 'Test whether factors order the later returns of symbols',
        component: lazy(() => import('./studies/NewStudyView')),
    },
    {
        path: '/jobs',
        title: 'Jobs',
        group: 'Research',
        summary: 'Running and queued jobs, and the load of the server',
        component: lazy(() => import('./jobs/JobsView')),
    },
    {
        path: '/jobs/new',
        title: 'New job',
        summary: 'Verify, track, combine or import, from a form',
        component: lazy(() => import('./jobs/NewJobView')),
    },
    { path: '/jobs/:id', title: 'Job', summary: 'One job', component: lazy(() => import('./jobs/JobView')) },
    { path: '/runs/:id', title: 'Run', summary: 'The results of a run', component: lazy(() => import('./runs/RunView')) },
    {
        path: '/runs',
        title: 'Runs',
        group: 'Research',
        summary: 'Finished runs, the newest first',
        component: lazy(() => import('./runs/RunsView')),
    },
    {
        path: '/compare',
        title: 'Compare',
        group: 'Research',
        summary: 'Two to five runs side by side',
        component: lazy(() => import('./runs/CompareView')),
    },
    {
        path: '/live',
        title: 'Live',
        group: 'Trading',
        summary: 'Sessions: positions, orders, profit, limits, pause and close',
        component: lazy(() => import('./live/LiveView')),
    },
    {
        path: '/live/start',
        title: 'Start a session',
        summary: 'Trade a deployment on paper or at an exchange',
        component: lazy(() => import('./live/StartView')),
    },
    {
        path: '/live/:id',
        title: 'Session',
        summary: 'One live session',
        component: lazy(() => import('./live/SessionView')),
    },
    {
        path: '/monitor',
        title: 'Monitor',
        group: 'Trading',
        summary: 'Several sessions and charts in one view, arranged as you like',
        component: lazy(() => import('./monitor/MonitorView')),
    },
    {
        path: '/portfolio',
        title: 'Portfolios',
        group: 'Trading',
        summary: 'Weights with history, dry run and reason; limits',
        component: lazy(() => import('./portfolio/PortfoliosView')),
    },
    {
        path: '/portfolio/:id',
        title: 'Portfolio',
        summary: 'The weights of one portfolio',
        component: lazy(() => import('./portfolio/PortfolioView')),
    },
    {
        path: '/deployments',
        title: 'Deployments',
        group: 'Trading',
        summary: 'Configurations by number: add, switch an account, compare live with the backtest',
        component: lazy(() => import('./deployments/DeploymentsView')),
    },
    {
        path: '/deployments/:number',
        title: 'Deployment',
        summary: 'One deployment',
        component: lazy(() => import('./deployments/DeploymentView')),
    },
    {
        path: '/alerts',
        title: 'Alerts',
        group: 'Trading',
        summary: 'Rules of notifications, tests of channels, deliveries',
        component: lazy(() => import('./alerts/AlertsView')),
    },
    {
        path: '/signals/:id',
        title: 'Signals and refusals',
        summary: 'Refused signals of a run, and the profit that they would have made',
        component: lazy(() => import('./signals/SignalsView')),
    },
    {
        path: '/why',
        title: 'Why',
        summary: 'What decided about a strategy at one bar',
        component: lazy(() => import('./why/WhyView')),
    },
    {
        path: '/schedules',
        title: 'Schedules',
        group: 'Learning',
        summary: 'Jobs at set times: add, change, pause, outcomes',
        component: lazy(() => import('./schedules/SchedulesView')),
    },
    {
        path: '/costs',
        title: 'Costs',
        group: 'Trading',
        summary: 'What fills of accounts cost, with intervals, and what a batch would pay',
        component: lazy(() => import('./costs/CostsView')),
    },
    {
        path: '/models',
        title: 'Models',
        group: 'Learning',
        summary: 'Versions, calibration, importance, drift, promote and roll back',
        component: lazy(() => import('./models/ModelsView')),
    },
    {
        path: '/models/:name',
        title: 'Model',
        summary: 'One model',
        component: lazy(() => import('./models/ModelView')),
    },
    {
        path: '/reinforcement',
        title: 'Reinforcement',
        group: 'Learning',
        summary: 'Learned weights: training curves, seeds, weights over time',
        component: lazy(() => import('./reinforcement/ReinforcementView')),
    },
    {
        path: '/data',
        title: 'Data',
        group: 'Data',
        summary: 'Stores of bars: coverage by day, quality',
        component: lazy(() => import('./data/DataView')),
    },
    {
        path: '/data/market',
        title: 'Market',
        summary: 'One market of a store',
        component: lazy(() => import('./data/MarketView')),
    },
    {
        path: '/data/import',
        title: 'Import files',
        summary: 'Import bar files into a store',
        component: lazy(() => import('./data/ImportView')),
    },
    {
        path: '/data/compare',
        title: 'Compare sources',
        summary: 'Differences of two stores on a market',
        component: lazy(() => import('./data/CompareView')),
    },
];
