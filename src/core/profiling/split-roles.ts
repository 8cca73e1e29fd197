/** Whether a split is trained on, by its name. */
export const isTraining = (split: string): boolean => /^train/i.test(split);

/** Whether a split is for evaluation, by its name. */
export const isEvaluation = (split: string): boolean => /^(test|valid|val$|dev|eval)/i.test(split);
