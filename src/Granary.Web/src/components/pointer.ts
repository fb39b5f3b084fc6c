import { signal } from '@preact/signals';

/** The time under the pointer, seconds since 1970, and the chart that has it. The other charts of the page show their values of that time. */
export const pointer = signal<{ time: number; by: object } | null>(null);
