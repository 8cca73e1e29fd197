import { sameAnswer } from "../../core/data/targets.ts";
import type { GenreComparison, GenreScore } from "./comparison.ts";
import type { StoredPrediction } from "./predictions.ts";

/** Right rows by genre. @param predictions by run */
export function genreComparisons(
  predictions: readonly (readonly StoredPrediction[] | undefined)[],
): GenreComparison[] {
  const scores = predictions.map((rows) => scoresByGenre(rows ?? []));
  const genres = [...new Set(scores.flatMap((byGenre) => [...byGenre.keys()]))].sort();
  return genres.map((genre) => ({
    genre,
    scores: scores.map((byGenre) => byGenre.get(genre) ?? null),
  }));
}

function scoresByGenre(predictions: readonly StoredPrediction[]): Map<string, GenreScore> {
  const scores = new Map<string, GenreScore>();
  for (const { genre, label, predicted } of predictions) {
    if (genre === undefined) continue;
    const score = scores.get(genre) ?? { rows: 0, right: 0 };
    score.rows += 1;
    if (sameAnswer(predicted, label)) score.right += 1;
    scores.set(genre, score);
  }
  return scores;
}
