import { expect, test } from 'vitest';
import { conditionOf, edited, kindOf, limitOf, type Rule, type State } from '../src/views/alerts/rules';

const state: State = {
    configured: true,
    version: 3,
    change: null,
    rules: [],
    channels: [{ name: 'ops', kind: 'webhook', host: 'hooks.example.com', every: null, atMost: null }],
    events: [
        { on: 'drawdown', unit: 'percent', threshold: 10, hasAccount: true, isUrgent: true },
        { on: 'feed-lag', unit: 'seconds', threshold: 300, hasAccount: true, isUrgent: false },
        { on: 'rejected-orders', unit: 'count', threshold: 1, hasAccount: true, isUrgent: false },
        { on: 'job-done', unit: null, threshold: null, hasAccount: false, isUrgent: false },
    ],
};

const drawdown: Rule = { on: 'drawdown', threshold: 7.5, account: 'main', to: ['ops'] };
const done: Rule = { on: 'job-done', threshold: null, account: null, to: ['ops'] };

test('a rule is a sentence with the unit of its threshold', () => {
    expect(conditionOf(state, drawdown)).toBe('Equity is 7.5 % below its highest');
    expect(conditionOf(state, { ...drawdown, on: 'feed-lag', threshold: 60 })).toBe('No bar for 60 s');
    expect(conditionOf(state, { ...drawdown, on: 'rejected-orders', threshold: 3 })).toBe('3 or more orders were rejected');
    expect(conditionOf(state, done)).toBe('A job or batch is done');
    expect(conditionOf(state, { ...drawdown, on: 'price-below', symbol: 'BTCUSDT', threshold: 70000.5 })).toBe('BTCUSDT falls to 70000.5');
});

test('a channel has its kind and its limits in words', () => {
    expect(kindOf('email')).toBe('e-mail');
    const channel = { name: 'ops', kind: 'email', host: 'smtp.example.com', every: null, atMost: null };
    expect(limitOf(channel)).toBe('none');
    expect(limitOf({ ...channel, every: '15m', atMost: '20/h' })).toBe('one message every 15m, at most 20/h');
    expect(limitOf({ ...channel, quiet: '22:00 to 07:00 Europe/Paris' })).toBe('quiet 22:00 to 07:00 Europe/Paris');
});

test('rules that collect differently are different', () => {
    const hourly: Rule = { on: 'fill', threshold: null, account: null, to: ['ops'], every: '1h' };
    const now: Rule = { ...hourly, every: null };
    expect(edited([hourly, now], { before: now })).toEqual([hourly]);
});

test('a change fits on top of what somebody else has changed', () => {
    const theirs: Rule = { ...drawdown, threshold: 20 };
    expect(edited([done], { after: drawdown })).toEqual([done, drawdown]);
    expect(edited([theirs, drawdown, done], { before: drawdown, after: { ...drawdown, threshold: 5 } })).toEqual([
        theirs,
        { ...drawdown, threshold: 5 },
        done,
    ]);
    expect(edited([theirs, drawdown, done], { before: drawdown })).toEqual([theirs, done]);
    // The server leaves out what a rule does not have.
    expect(
        edited([{ on: 'job-done', threshold: undefined, account: undefined, to: ['ops'] } as unknown as Rule], { before: done }),
    ).toEqual([]);
});

test('a rule that somebody else has removed is not put back', () => {
    expect(() => edited([done], { before: drawdown, after: { ...drawdown, threshold: 5 } })).toThrow('changed or removed this rule');
});
