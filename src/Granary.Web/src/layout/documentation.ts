/** The page of the documentation for each view, by the beginning of its address; the first that matches counts. */
const pages: readonly (readonly [string, string])[] = [
    ['/batches', 'batch-file'],
    ['/studies', 'factor-study'],
    ['/jobs', 'http-api'],
    ['/runs', 'report'],
    ['/compare', 'report'],
    ['/live', 'live'],
    ['/monitor', 'observability'],
    ['/portfolio', 'live'],
    ['/deployments', 'deployments'],
    ['/alerts', 'notifications'],
    ['/signals', 'live'],
    ['/models', 'learning'],
    ['/reinforcement', 'reinforcement'],
    ['/data', 'data'],
    ['/', 'dashboard'],
];

/** The address of the page of the documentation for a view; the server says how to build the site where it has none. */
export function documentationOf(path: string): string {
    const page = pages.find(([start]) => path === start || path.startsWith(`${start}/`)) ?? ['/', 'dashboard'];
    return `/docs/${page[1]}.html`;
}
