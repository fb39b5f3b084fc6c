import type { Schemas } from '../../api/client';

export type Job = Schemas['JobStatus'];

/** The speed of a job, and its remaining time. */
export interface Pace {
    /** The finished part, from 0 to 1; undefined if the amount of work is unknown. */
    part: number | undefined;
    /** Bar evaluations per second. */
    rate: number | undefined;
    /** Seconds; undefined if they cannot be estimated. */
    remaining: number | undefined;
    /** Seconds since the start; of an ended job its duration. */
    elapsed: number | undefined;
}

export function paceOf(job: Job, now = Date.now()): Pace {
    const started = job.startedAt ? Date.parse(job.startedAt) : Number.NaN;
    const end = job.finishedAt ? Date.parse(job.finishedAt) : now;
    const elapsed = Number.isNaN(started) ? undefined : Math.max(0, (end - started) / 1000);
    const { bars = 0, barsTotal = 0, strategies = 0, done = 0 } = job.progress ?? {};
    const part = job.state === 'done' ? 1 : barsTotal > 0 ? bars / barsTotal : strategies > 0 ? done / strategies : undefined;
    const rate = elapsed !== undefined && elapsed > 0 && bars > 0 ? bars / elapsed : undefined;
    const remaining = rate !== undefined && barsTotal > bars && job.state === 'running' ? (barsTotal - bars) / rate : undefined;
    return { part, rate, remaining, elapsed };
}

export const stateText: Record<Job['state'], string> = {
    queued: 'Waiting',
    running: 'Running',
    done: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
};

export const stateKind: Record<Job['state'], 'yes' | 'no' | 'wait'> = {
    queued: 'wait',
    running: 'wait',
    done: 'yes',
    failed: 'no',
    cancelled: 'no',
};

/** The address of a job's results: a run, or the job itself. */
export function resultPath(job: Job): string {
    const isRun = job.files?.includes('manifest.json') === true;
    return `/${isRun ? 'runs' : 'jobs'}/${encodeURIComponent(job.id)}`;
}
