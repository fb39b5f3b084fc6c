import { signal } from '@preact/signals';
import { zone } from '../theme/settings';
import { none } from './numbers';

/** The choice that shows times of a market in the zone of its exchange, and all others in UTC. */
const ofExchange = 'exchange';

/** The zones of the exchanges of markets, IANA, by symbol: of the runs and stores that were opened. */
const exchangeZones = signal<Record<string, string>>({});

/** Remembers in which zones markets trade. */
export function learnZones(zones: Record<string, string> | undefined): void {
    const known = exchangeZones.value;
    if (Object.entries(zones ?? {}).some(([symbol, z]) => known[symbol] !== z)) exchangeZones.value = { ...known, ...zones };
}

/** The zone in which times of a market are shown; without a symbol, of times that belong to none. */
export function zoneOf(symbol?: string): string {
    if (zone.value !== ofExchange) return zone.value;
    return (symbol === undefined ? undefined : exchangeZones.value[symbol]) ?? 'UTC';
}

/** Zones to choose from: UTC, those of exchanges, that of the browser, and those of markets. */
export const zones: { id: string; label: string }[] = [
    { id: 'UTC', label: 'UTC' },
    { id: Intl.DateTimeFormat().resolvedOptions().timeZone, label: 'This computer' },
    { id: ofExchange, label: 'Each exchange' },
    { id: 'America/New_York', label: 'New York' },
    { id: 'Europe/London', label: 'London' },
    { id: 'Europe/Berlin', label: 'Frankfurt' },
    { id: 'Asia/Hong_Kong', label: 'Hong Kong' },
    { id: 'Asia/Tokyo', label: 'Tokyo' },
].filter((z, i, all) => z.id !== '' && (i === 1 ? z.id !== 'UTC' : all.findIndex((o) => o.id === z.id) === i || all[1]?.id === z.id));

const formats = new Map<string, Intl.DateTimeFormat>();

// 2026-11-21 and 22:03:09.
function parts(ms: number, symbol: string | undefined): [date: string, clock: string] {
    const timeZone = zoneOf(symbol);
    if (timeZone === 'UTC') {
        // Formats of other zones take the browser milliseconds to make.
        const text = new Date(ms).toISOString();
        return [text.slice(0, -14), text.slice(-13, -5)];
    }
    let format = formats.get(timeZone);
    if (format === undefined) {
        format = new Intl.DateTimeFormat('en-CA', {
            timeZone,
            hourCycle: 'h23',
            year: 'numeric',
            month: '2-digit',
            day: '2-digit',
            hour: '2-digit',
            minute: '2-digit',
            second: '2-digit',
        });
        formats.set(timeZone, format);
    }
    const p = Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]));
    return [`${p.year}-${p.month}-${p.day}`, `${p.hour}:${p.minute}:${p.second}`];
}

function milliseconds(value: string | number | null | undefined): number {
    if (value === null || value === undefined || value === '') return Number.NaN;
    if (typeof value === 'number') return value;
    // A time without a zone is UTC.
    return Date.parse(/^\d{4}-\d\d-\d\dT[^Z+]*$/.test(value) ? `${value}Z` : value);
}

/** 2026-11-21 22:03, in the chosen zone. With a symbol it is a time of that market. */
export function time(value: string | number | null | undefined, symbol?: string): string {
    const ms = milliseconds(value);
    if (Number.isNaN(ms)) return none;
    const [day, clock] = parts(ms, symbol);
    return `${day} ${clock.slice(0, 5)}`;
}

/** 22:03:09, in the chosen zone. */
export function clock(value: string | number | null | undefined, symbol?: string): string {
    const ms = milliseconds(value);
    if (Number.isNaN(ms)) return none;
    return parts(ms, symbol)[1];
}

/** 2026-11-21, in the chosen zone. */
export function date(value: string | number | null | undefined, symbol?: string): string {
    return time(value, symbol).slice(0, 10);
}

/** 1.7 s, 3 min 20 s, 2 h 5 min. */
export function duration(seconds: number | null | undefined): string {
    if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return none;
    if (seconds < 10) return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
    if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
    return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** How long ago: 5 min ago. */
export function ago(value: string | null | undefined, now = Date.now()): string {
    const seconds = (now - milliseconds(value)) / 1000;
    if (!Number.isFinite(seconds)) return none;
    if (seconds < 45) return 'just now';
    if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
    if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
    return `${Math.round(seconds / 86_400)} d ago`;
}
