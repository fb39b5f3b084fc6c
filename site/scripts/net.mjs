export const netPages = () => [];
