import { expect, test } from 'vitest';
import { changeText } from '../src/views/live/Strategies';

const change = { account: 'main', enabled: false, strategy: 'A@X:1h', symbol: '', who: 'ann', why: 'thin', at: '2026-01-02T03:04:05Z' };

test('a stopped strategy says when, who and why, and whether its symbol was stopped', () => {
    expect(changeText(change)).toBe('Stopped 2026-01-02 03:04 by ann: thin');
    expect(changeText({ ...change, enabled: true, why: '' })).toBe('Allowed 2026-01-02 03:04 by ann');
    expect(changeText({ ...change, strategy: '', symbol: 'X' })).toBe('Stopped 2026-01-02 03:04 by ann, with all of X: thin');
    expect(changeText(null)).toBe('');
});
