import { prefix, send, type Schemas } from '../../api/client';
import { Problem, problemOf } from '../../api/problem';

export type Rule = Schemas['RuleEntry'];
export type State = Schemas['NotificationState'];

/** A change of the rules: a new one, another instead of one, or one less. */
export interface Edit {
    before?: Rule | undefined;
    after?: Rule | undefined;
}

const units: Record<string, string> = { percent: '%', count: '', seconds: 's', price: '' };

/** The unit of an event's threshold, as it is shown behind the number. */
export const unitOf = (state: State, on: string) => units[state.events.find((e) => e.on === on)?.unit ?? ''] ?? '';

/** What an event means, with its threshold. */
export function conditionOf(state: State, rule: Rule): string {
    const amount = rule.threshold == null ? '' : `${rule.threshold} ${unitOf(state, rule.on)}`.trim();
    switch (rule.on) {
        case 'drawdown':
            return `Equity is ${amount} below its highest`;
        case 'rejected-orders':
            return `${amount} or more orders were rejected`;
        case 'feed-lag':
            return `No bar for ${amount}`;
        case 'session-lost':
            return 'A session was interrupted, or failed';
        case 'drift':
            return `Equity differs by ${amount} from the portfolio with simulated fills`;
        case 'job-done':
            return 'A job or batch is done';
        case 'job-failed':
            return 'A job or batch failed';
        case 'parity':
            return 'A day differs too much from a backtest of the final bars';
        case 'fill':
            return 'An order was executed, or a part of one';
        case 'signal-refused':
            return 'A signal was refused, or no order was sent for it';
        case 'order-rejected':
            return 'The venue rejected an order';
        case 'stop':
            return 'A stop, target or liquidation closed a trade';
        case 'model-drift':
            return 'The model of a strategy predicts worse, and entries are reduced';
        case 'session-started':
            return 'A session started, or continued';
        case 'session-ended':
            return 'A session ended';
        case 'price-above':
            return `${rule.symbol ?? 'The symbol'} rises to ${amount}`;
        case 'price-below':
            return `${rule.symbol ?? 'The symbol'} falls to ${amount}`;
        default:
            return `${rule.on} ${amount}`.trim();
    }
}

const same = (a: Rule, b: Rule) =>
    a.on === b.on &&
    (a.threshold ?? null) === (b.threshold ?? null) &&
    (a.account ?? null) === (b.account ?? null) &&
    (a.every ?? null) === (b.every ?? null) &&
    (a.symbol ?? null) === (b.symbol ?? null) &&
    a.to.join() === b.to.join();

const kinds: Record<string, string> = {
    webhook: 'webhook',
    email: 'e-mail',
    telegram: 'Telegram',
    discord: 'Discord',
    slack: 'Slack',
};

/** The kind of a channel, as people write it. */
export const kindOf = (kind: string) => kinds[kind] ?? kind;

/** How many messages a channel may get, and when. */
export const limitOf = (channel: Schemas['ChannelEntry']) =>
    [
        channel.every == null ? '' : `one message every ${channel.every}`,
        channel.atMost == null ? '' : `at most ${channel.atMost}`,
        channel.quiet == null ? '' : `quiet ${channel.quiet}`,
    ]
        .filter((t) => t !== '')
        .join(', ') || 'none';

/**
 * The rules after a change. The change names the rule itself and not its place, so that it still fits when another one has changed the list.
 * @throws Problem if the rule is not there any more.
 */
export function edited(rules: readonly Rule[], edit: Edit): Rule[] {
    const { before, after } = edit;
    if (before === undefined) return after ? [...rules, after] : [...rules];
    if (!rules.some((r) => same(r, before)))
        throw new Problem(
            409,
            'The rule is not there any more',
            'Somebody has changed or removed this rule in the meantime; close this dialog',
        );
    return rules.flatMap((r) => (same(r, before) ? (after ? [after] : []) : [r]));
}

/** Replaces the rules, unless somebody else changed them since `state` was read: then the problem has status 412. */
export async function save(state: State, rules: readonly Rule[], why: string): Promise<void> {
    await change('PUT', '/notifications/rules', state, JSON.stringify({ rules, why }));
}

/** Puts the rules of the operator's file in force again. */
export async function reset(state: State, why: string): Promise<void> {
    await change('DELETE', `/notifications/rules?why=${encodeURIComponent(why)}`, state);
}

async function change(method: string, path: string, state: State, body?: string): Promise<void> {
    const response = await send(location.origin + prefix + path, {
        method,
        headers: { 'If-Match': `"${state.version}"`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw await problemOf(response);
}
