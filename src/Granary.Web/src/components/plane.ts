import { colour } from '../theme/settings';
import type { Place, Size } from './ChartFrame';
import { shareOf, textOf, ticksOf, type Scale } from './scale';

/** Two axes in a drawing. */
export interface Plane extends Size {
    across: Scale;
    up: Scale;
    /** Whether the title of the vertical axis is above it. */
    titled: boolean;
    left: number;
    right: number;
    top: number;
    bottom: number;
}

export function planeOf(across: Scale, up: Scale, titled: boolean, size: Size): Plane {
    const left = up.names ? Math.min(96, 16 + 7 * Math.max(...up.names.map((n) => n.length))) : 52;
    return { ...size, across, up, titled, left, right: size.width - 10, top: titled ? 20 : 8, bottom: size.height - 38 };
}

/** The place of a pair of values. */
export const placeIn = (plane: Plane, x: number, y: number): Place => ({
    x: plane.left + shareOf(plane.across, x) * (plane.right - plane.left),
    y: plane.bottom - shareOf(plane.up, y) * (plane.bottom - plane.top),
});

/** Draws lines, labels and titles of both axes. Labels that would touch the one before are left out. */
export function drawPlane(pen: CanvasRenderingContext2D, plane: Plane) {
    const { across, up, left, right, top, bottom, width, height } = plane;
    pen.fillStyle = colour('soft');
    pen.lineWidth = 1;
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const tick of ticksOf(up, height < 200 ? 4 : 5)) {
        const at = Math.round(placeIn(plane, 0, tick).y) + 0.5;
        pen.strokeStyle = colour(tick === 0 && !up.names ? 'strong' : 'line');
        pen.beginPath();
        pen.moveTo(left, at);
        pen.lineTo(right, at);
        pen.stroke();
        pen.fillText(textOf(up, tick), left - 7, at, left - 9);
    }
    pen.strokeStyle = colour('line');
    pen.textBaseline = 'alphabetic';
    pen.textAlign = 'center';
    let free = -Infinity;
    for (const tick of ticksOf(across, Math.max(2, Math.round((width - left) / (width < 400 ? 60 : 90))))) {
        const text = textOf(across, tick);
        const [half, at] = [pen.measureText(text).width / 2, placeIn(plane, tick, 0).x];
        const middle = Math.min(Math.max(at, half), width - half);
        if (middle - half < free) continue;
        free = middle + half + 8;
        pen.beginPath();
        pen.moveTo(at, bottom);
        pen.lineTo(at, bottom + 4);
        pen.stroke();
        pen.fillText(text, middle, bottom + 17);
    }
    pen.textAlign = 'right';
    pen.fillText(across.title, right, height - 4);
    pen.textAlign = 'left';
    if (plane.titled) pen.fillText(up.title, 0, top - 9);
}
