import { useState } from 'preact/hooks';
import { Confirm } from '../../components/Dialog';
import { SelectField, TextField } from '../../components/Field';
import { drafts, faultOfName, notKept, plainText, remove, rename, type Draft } from './drafts';

/** The drafts of this browser: choose, begin, open a file, download, rename, delete. */
export function DraftBar(props: {
    draft: Draft;
    onOpen: (name: string) => void;
    onNew: () => void;
    onFile: (name: string, text: string) => void;
}) {
    const { draft, onOpen } = props;
    const [asking, setAsking] = useState<'rename' | 'delete'>();
    const [fault, setFault] = useState<string>();
    const read = async (file: File | undefined) => {
        if (!file) return;
        if (file.size > 1 << 20) return setFault(`${file.name} is larger than 1 MB, which is the most for a strategy file.`);
        setFault(undefined);
        const name = faultOfName(file.name, []) === undefined ? file.name : 'Idea.cs';
        props.onFile(name, plainText(await file.text()));
    };
    return (
        <>
            <div class="actions drafts">
                <SelectField
                    label="Draft"
                    value={draft.name}
                    options={drafts.value.map((d) => ({ value: d.name, label: d.name }))}
                    onValue={onOpen}
                />
                <button type="button" onClick={props.onNew}>
                    New
                </button>
                <label class="button">
                    Open a file
                    <input
                        class="hidden"
                        type="file"
                        accept=".cs"
                        onChange={(e) => {
                            void read(e.currentTarget.files?.[0]);
                            e.currentTarget.value = '';
                        }}
                    />
                </label>
                <button type="button" onClick={() => saveFile(draft)}>
                    Download
                </button>
                <button type="button" onClick={() => setAsking('rename')}>
                    Rename
                </button>
                <button type="button" class="danger" onClick={() => setAsking('delete')}>
                    Delete
                </button>
            </div>
            {(fault ?? notKept.value) && (
                <p class="notice wrong" role="alert">
                    {fault ?? notKept.value}
                </p>
            )}
            {asking === 'rename' && <Rename draft={draft} onClose={() => setAsking(undefined)} onRenamed={onOpen} />}
            {asking === 'delete' && (
                <Confirm
                    title={`Delete ${draft.name}?`}
                    action="Delete the draft"
                    danger
                    onClose={() => setAsking(undefined)}
                    onConfirm={() => {
                        remove(draft.name);
                        onOpen(drafts.value[0]?.name ?? '');
                        return Promise.resolve();
                    }}
                >
                    <p>The browser forgets this draft. Runs that were made with it keep their source.</p>
                </Confirm>
            )}
        </>
    );
}

function Rename(props: { draft: Draft; onClose: () => void; onRenamed: (name: string) => void }) {
    const { draft } = props;
    const [name, setName] = useState(draft.name);
    const others = drafts.value.map((d) => d.name).filter((n) => n !== draft.name);
    const fault = faultOfName(name, others);
    return (
        <Confirm
            title={`Rename ${draft.name}`}
            action="Rename"
            onClose={props.onClose}
            onConfirm={() => {
                if (fault !== undefined) throw new Error(fault);
                rename(draft.name, name);
                props.onRenamed(name);
                return Promise.resolve();
            }}
        >
            <TextField label="File name" value={name} fault={fault} onValue={setName} />
        </Confirm>
    );
}

function saveFile(draft: Draft): void {
    const url = URL.createObjectURL(new Blob([draft.text], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = draft.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
