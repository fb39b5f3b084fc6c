export const httpPages = () => [];
