import { signal } from '@preact/signals';
import type { JsonMap } from '../../api/jsonSchema';

/** A strategy file as it is edited here. The browser keeps it; the server does not. */
export interface Draft {
    /** The name of the file, such as Idea.cs. */
    name: string;
    text: string;
    /** The fields of the form beside it. */
    form: Form;
    /** The last finished run of this draft; null before the first. */
    run: string | null;
    /** The run before it, with which it is compared. */
    before: string | null;
    /** The job that runs this draft now. */
    job: string | null;
}

/** The fields beside the source. */
export interface Form {
    /** The class to run; '' for the first of the file. */
    class: string;
    /** The section `data` of the batch; empty: that of the file's comment. */
    data: JsonMap;
    /** Values of parameters as they are typed. */
    params: Record<string, string>;
}

const place = 'granary.editor';

export const emptyForm: Form = { class: '', data: {}, params: {} };

const empty: Omit<Draft, 'name'> = { text: '', form: emptyForm, run: null, before: null, job: null };

function read(): Draft[] {
    try {
        const stored = JSON.parse(localStorage.getItem(place) ?? '[]') as unknown;
        return Array.isArray(stored) ? stored.filter(isDraft).map((d) => ({ ...empty, ...d, form: { ...emptyForm, ...d.form } })) : [];
    } catch {
        return [];
    }
}

const isDraft = (d: unknown): d is Draft =>
    typeof d === 'object' && d !== null && typeof (d as Draft).name === 'string' && typeof (d as Draft).text === 'string';

/** The drafts of this browser by name. */
export const drafts = signal<Draft[]>(read());

/** Why the browser does not keep the drafts; undefined where it does. */
export const notKept = signal<string | undefined>(undefined);

function write(next: Draft[]): void {
    drafts.value = next;
    try {
        localStorage.setItem(place, JSON.stringify(next));
        notKept.value = undefined;
    } catch {
        notKept.value = 'The browser has no room for this draft. Download the file, or delete another draft.';
    }
}

// Another tab has written: its drafts are the newer ones.
window.addEventListener('storage', (e: StorageEvent) => {
    if (e.key === place) drafts.value = read();
});

export const find = (name: string): Draft | undefined => drafts.value.find((d) => d.name === name);

/** Changes a draft, or adds it. Drafts that other tabs have written stay. */
export function save(name: string, change: Partial<Draft>): void {
    const now = read();
    const known = now.find((d) => d.name === name);
    const next: Draft = { ...(known ?? { ...empty, name }), ...change };
    write(known ? now.map((d) => (d.name === name ? next : d)) : [...now, next]);
}

export function remove(name: string): void {
    write(read().filter((d) => d.name !== name));
}

/** Why a name cannot be that of a new draft; undefined where it can. */
export function faultOfName(name: string, taken: readonly string[]): string | undefined {
    if (!/^[\p{L}\p{Nd}_][\p{L}\p{Nd}_. -]*\.cs$/u.test(name) || name.length > 100)
        return 'Write a file name such as Idea.cs, with letters, digits, ‘-’, ‘_’ and ‘.’.';
    return taken.includes(name) ? 'There is a draft with this name.' : undefined;
}

/** The name, or the name with the first number that is free: Idea.cs, Idea2.cs. */
export function freeName(name: string, taken: readonly string[]): string {
    const stem = name.replace(/\.cs$/, '');
    for (let i = 1; ; i++) {
        const next = `${stem}${i === 1 ? '' : i}.cs`;
        if (!taken.includes(next)) return next;
    }
}

/** A file's text as the editor has it: without a mark of its encoding, with lines that end in \n. */
export const plainText = (text: string): string => text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');

/** Gives a draft another name that is free. */
export function rename(name: string, next: string): void {
    write(read().map((d) => (d.name === name ? { ...d, name: next } : d)));
}
