import { expect, test } from 'vitest';
import { feedOf } from '../src/views/live/feed';

test('a relative source starts from the folder of the configuration', () => {
    expect(feedOf({ folder: '/srv/data/.samples', data: { source: 'csv:data/1h' } })).toBe('csv:/srv/data/.samples/data/1h');
    expect(feedOf({ folder: '/srv/', data: { source: 'store:./bars' } })).toBe('store:/srv/bars');
    expect(feedOf({ folder: '/srv', data: { parts: [{ source: 'csv:a' }] } })).toBe('csv:/srv/a');
});

test('a configuration of a confined server has its paths relative to the data folder', () => {
    expect(feedOf({ folder: '.', data: { source: 'csv:1h' } })).toBe('csv:1h');
    expect(feedOf({ folder: '.samples', data: { source: 'csv:data/1h' } })).toBe('csv:.samples/data/1h');
});

test('an absolute source, a server and a configuration without a folder keep their source', () => {
    expect(feedOf({ folder: '/srv', data: { source: 'csv:/bars' } })).toBe('csv:/bars');
    expect(feedOf({ folder: '/srv', data: { source: 'postgres://db/bars' } })).toBe('postgres://db/bars');
    expect(feedOf({ data: { source: 'csv:bars' } })).toBe('csv:bars');
});
