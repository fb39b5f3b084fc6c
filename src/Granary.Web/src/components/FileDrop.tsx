import { useRef, useState } from 'preact/hooks';
import { json, type Schemas } from '../api/client';
import { asProblem } from '../api/problem';
import { counted } from '../format/numbers';

/** Makes a name that the server accepts: letters, digits, '-', '_' and '.', with a lower-case extension. */
export function uploadName(name: string): string {
    const dot = name.lastIndexOf('.');
    const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot + 1).toLowerCase()] : [name, ''];
    const clean = stem.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '') || 'file';
    return `${clean}.${end === 'json' ? 'json' : 'csv'}`;
}

/** Uploads dropped or chosen files, and reports their paths in the data folder. */
export function FileDrop(props: { many: boolean; onFiles: (paths: string[]) => void }) {
    const input = useRef<HTMLInputElement>(null);
    const [over, setOver] = useState(false);
    const [said, setSaid] = useState('');
    const upload = async (files: FileList | null | undefined) => {
        const paths: string[] = [];
        for (const file of files ?? []) {
            setSaid(`Uploading ${file.name}`);
            const name = uploadName(file.name);
            try {
                const stored = await json<Schemas['Upload']>(`/uploads/${encodeURIComponent(name)}`, {
                    method: 'PUT',
                    headers: { 'Content-Type': name.endsWith('.json') ? 'application/json' : 'text/csv' },
                    body: file,
                });
                paths.push(stored.path);
            } catch (e) {
                setSaid(`${file.name}: ${asProblem(e).message}`);
                props.onFiles(paths);
                return;
            }
        }
        if (paths.length > 0) setSaid(`${counted(paths.length, 'file')} uploaded`);
        props.onFiles(paths);
    };
    return (
        <div
            class={over ? 'drop over' : 'drop'}
            onDragOver={(e) => {
                e.preventDefault();
                setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(e) => {
                e.preventDefault();
                setOver(false);
                void upload(e.dataTransfer?.files);
            }}
        >
            <p>{props.many ? 'Drop CSV or JSON files here, or choose them.' : 'Drop a CSV or JSON file here, or choose it.'}</p>
            <input
                ref={input}
                class="hidden"
                type="file"
                multiple={props.many}
                accept=".csv,.txt,.json"
                aria-label="Files to upload"
                tabIndex={-1}
                onChange={(e) => void upload(e.currentTarget.files)}
            />
            <button type="button" onClick={() => input.current?.click()}>
                {props.many ? 'Choose files' : 'Choose a file'}
            </button>
            <p role="status" class="soft">
                {said}
            </p>
        </div>
    );
}
