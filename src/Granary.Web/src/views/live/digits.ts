import type { Schemas } from '../../api/client';
import { figure } from '../../format/numbers';

type Session = Schemas['SessionView'];

/** A price with the digits of its instrument's tick. */
export function priceOf(session: Session, symbol: string, value: number | null | undefined): string {
    const digits = session.status?.account.digits[symbol]?.price;
    return figure(value, digits);
}

/** A quantity with the digits of its instrument's lot. */
export function quantityOf(session: Session, symbol: string, value: number | null | undefined): string {
    const digits = session.status?.account.digits[symbol]?.quantity;
    return figure(value, digits);
}

// 1,250 can be 1250 or 1.25.
const ambiguous = /^[1-9]\d{0,2},\d{3}$/;

/** The number in a field: null where it is empty, undefined where it is no number above 0 or can be read in two ways. */
export function asNumber(text: string): number | null | undefined {
    if (text.trim() === '') return null;
    if (ambiguous.test(text.trim())) return undefined;
    const value = Number(text.replace(',', '.'));
    return Number.isFinite(value) && value > 0 ? value : undefined;
}
