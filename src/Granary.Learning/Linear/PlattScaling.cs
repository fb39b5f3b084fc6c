namespace Granary.Learning.Linear;

/// <summary>
/// Converts the scores of a classifier to probabilities with a sigmoid (Platt 1999). The sigmoid is fitted to out-of-sample scores, part by
/// part in order of time.
/// </summary>
internal static class PlattScaling
{
    private const int Folds = 5;

    /// <summary>Trains on the kept samples and scores the others.</summary>
    /// <param name="scores">[samples]: written at the scored positions.</param>
    public delegate void ScoreUnseen(IReadOnlyList<int> kept, IReadOnlyList<int> scored, double[] scores);

    /// <param name="labels">[samples], 0 and 1.</param>
    /// <returns>The probability is 1 / (1 + e^−(slope · score + offset)).</returns>
    public static (double Slope, double Offset) Fit(double[] labels, double[] weights, ScoreUnseen score, CancellationToken cancellation)
    {
        var scores = new double[labels.Length];
        for (var fold = 0; fold < Folds; fold++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (start, end) = ((int)((long)labels.Length * fold / Folds), (int)((long)labels.Length * (fold + 1) / Folds));
            List<int> kept = [.. Enumerable.Range(0, start), .. Enumerable.Range(end, labels.Length - end)];
            // If the other parts contain only one class, no part can be left out.
            if (kept.TrueForAll(i => labels[i] == labels[kept[0]])) kept = [.. Enumerable.Range(0, labels.Length)];
            score(kept, [.. Enumerable.Range(start, end - start)], scores);
        }
        // Platt's smoothed targets keep the sigmoid finite if the classes are separable.
        var (positive, negative) = (0.0, 0.0);
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] == 1) positive += weights[i];
            else negative += weights[i];
        var targets = Array.ConvertAll(labels, y => y == 1 ? (positive + 1) / (positive + 2) : 1 / (negative + 2));
        var slope = LogisticTrainer.Fit(scores, targets, weights, 1, 1e-9, cancellation, out var offset);
        return (slope[0], offset);
    }
}
