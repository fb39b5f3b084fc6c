import type { Schemas } from '../../api/client';
import { Badge } from '../../components/Badge';

const words: Record<string, { text: string; kind?: 'yes' | 'no' | 'wait' }> = {
    'warming-up': { text: 'Warming up', kind: 'wait' },
    'catching-up': { text: 'Catching up', kind: 'wait' },
    trading: { text: 'Trading', kind: 'yes' },
    paused: { text: 'Paused', kind: 'wait' },
    'waiting-for-journal': { text: 'Waits for its journal', kind: 'no' },
    'waiting-for-venue': { text: 'Waits for its broker', kind: 'no' },
    'waiting-for-feed': { text: 'Waits for its feed', kind: 'no' },
    ended: { text: 'Ended' },
};

/** Tells states of a session apart: in a new one its lists of orders and events have changed. */
export const versionOf = ({ phase, status }: Schemas['SessionView']): string =>
    [phase, status?.state, status?.bars, status?.fills, status?.ordersSent, status?.rejected, status?.account.orders.length].join('/');

/** Whether a session has not ended: it trades, recovers, or is handed over to another silo. */
export function isRunning(session: Schemas['SessionView']): boolean {
    return session.phase === 'running' || session.phase === 'handing-over';
}

/** The state of a session, in a word or two. */
export function stateOf(session: Schemas['SessionView']): { text: string; kind?: 'yes' | 'no' | 'wait' } {
    if (session.phase === 'failed') return { text: 'Failed', kind: 'no' };
    if (session.phase === 'done') return { text: 'Ended' };
    if (session.phase === 'handing-over') return { text: 'Handing over', kind: 'wait' };
    if (session.fault) return { text: 'Interrupted', kind: 'no' };
    return words[session.status?.state ?? 'warming-up'] ?? { text: session.status?.state ?? '' };
}

export function StateBadge(props: { session: Schemas['SessionView'] }) {
    const { text, kind } = stateOf(props.session);
    return kind ? <Badge kind={kind}>{text}</Badge> : <Badge>{text}</Badge>;
}
