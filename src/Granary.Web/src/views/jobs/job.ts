import type { Schemas } from '../../api/client';

export type Job = Schemas['JobStatus'];

/** How fast a job is, and how long it still takes. */
export interface Pace {
    /** Done, from 0 to 1; undefined where the amount of work is not known. */
    part: number | undefined;
    /** Bar evaluations per second. */
    rate: number | undefined;
    /** Seconds; undefined where there is nothing to tell it from. */
    remaining: number | undefined;
    /** Seconds since the start, or that the job took. */
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

/** Where the results of a job are: a run, or the job itself. */
export function resultPath(job: Job): string {
    const isRun = job.files?.includes('manifest.json') === true;
    return `/${isRun ? 'runs' : 'jobs'}/${encodeURIComponent(job.id)}`;
}
