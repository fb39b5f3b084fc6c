import { render } from 'preact';
import { useState } from 'preact/hooks';
import { act } from 'preact/test-utils';
import { expect, test } from 'vitest';
import { ChartFrame } from '../src/components/ChartFrame';

const none = () => undefined;

test('keys choose marks with a tooltip, Enter opens the chosen one, and losing the focus leaves it', async () => {
    const root = document.createElement('div');
    document.body.append(root);
    const opened: number[] = [];
    function Page() {
        const [pointed, setPointed] = useState<number | null>(null);
        return (
            <ChartFrame
                title="Trials"
                summary="three trials"
                height={200}
                draw={none}
                marks={[4, 5, 6]}
                nearest={() => null}
                emphasis={(id) => ({ shape: null, at: { x: id, y: id } })}
                pointed={pointed}
                onPoint={setPointed}
                onOpen={(id) => opened.push(id)}
                tip={(id) => `trial ${id}`}
            />
        );
    }
    // Without a layout an element has no width, and the chart draws nothing.
    Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, value: 300 });
    await act(() => render(<Page />, root));
    const canvas = root.querySelector('canvas') as HTMLCanvasElement;
    const send = (event: Event) =>
        act(() => {
            canvas.dispatchEvent(event);
        });
    const press = (key: string) => send(new KeyboardEvent('keydown', { key, bubbles: true }));
    const tip = () => root.querySelector('[role=status]')?.textContent;
    await press('Enter');
    expect(opened).toEqual([]);
    await press('ArrowRight');
    expect(tip()).toBe('trial 4');
    await press('End');
    expect(tip()).toBe('trial 6');
    await press('Enter');
    expect(opened).toEqual([6]);
    await send(new FocusEvent('blur'));
    expect(tip()).toBeUndefined();
    await press('Home');
    await press('Escape');
    expect(tip()).toBeUndefined();
    render(null, root);
    Reflect.deleteProperty(HTMLElement.prototype, 'clientWidth');
    root.remove();
});
