import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentationOf } from '../src/layout/documentation';
import { views } from '../src/views/registry';

test('each view has a page of the documentation', () => {
    for (const view of views)
        expect(existsSync(documentationOf(view.path).replace('/docs/', '../../docs/').replace('.html', '.md'))).toBe(true);
});

test('a view within another has the page of the outer one, and any other the one on the dashboard', () => {
    expect(documentationOf('/data/market')).toBe('/docs/data.html');
    expect(documentationOf('/runs/a')).toBe('/docs/report.html');
    expect(documentationOf('/')).toBe('/docs/dashboard.html');
    expect(documentationOf('/no-such-view')).toBe('/docs/dashboard.html');
});
