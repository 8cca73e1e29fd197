/** What doesn't fit in a damaged file, in words for whoever has it. */
export class Misfit extends Error {}
