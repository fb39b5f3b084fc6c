using Granary.Engine;
using Granary.Engine.Analysis;

namespace Granary.Learning.Tracking;

/// <summary>
/// Orthogonal matching pursuit: adds names one by one, each time the one that explains most of the residual, and refits all weights.
/// </summary>
/// <remarks>
/// Pati, Rezaiifar and Krishnaprasad 1993; Tropp and Gilbert 2007. Without constraints on the weights, the least-squares fit is updated as
/// a QR decomposition (Gram–Schmidt, twice for stability), so a step costs one pass over the panel. With constraints, the fit over
/// the chosen names is a small quadratic program (<see cref="BoundedLeastSquares"/>). A name whose weight falls to zero is removed. The
/// next name is the one with the steepest fall of the penalised objective. A name that is a combination of the chosen ones (or constant,
/// with an intercept) is skipped.
/// </remarks>
internal static class MatchingPursuit
{
    /// <param name="target">The index's returns over the panel's periods; finite.</param>
    /// <exception cref="InputException">An option is out of range, or sizes do not match.</exception>
    public static SparseFit Fit(ReturnPanel panel, ReadOnlySpan<double> target, PursuitOptions options)
    {
        options.Check(panel, target.Length);
        foreach (var value in target)
            if (!double.IsFinite(value)) throw new InputException($"the target holds {value}");
        return options.IsConstrained
            ? new ConstrainedPursuit(panel, target, options).Run()
            : Unconstrained(panel, target, options);
    }

    private static SparseFit Unconstrained(ReturnPanel panel, ReadOnlySpan<double> target, PursuitOptions options)
    {
        var y = DenseVectors.Copy(target, options.Intercept);
        var targetNorm = DenseVectors.CentredNorm(y, target);
        var residual = (double[])y.Clone();
        var most = Math.Min(Math.Min(options.MaxNames, panel.Count), options.Intercept ? panel.Periods - 1 : panel.Periods);
        var support = new List<int>(most);
        var q = new List<double[]>(most);
        var r = new List<double[]>(most); // column k holds k + 1 entries
        var z = new List<double>(most);
        var path = new List<PursuitStep>(most);
        var selection = new AtomSelection(panel, options, targetNorm);
        while (support.Count < most && targetNorm > 0)
        {
            var name = selection.Largest(residual);
            if (name < 0) break;
            selection.Bar(name);
            var column = DenseVectors.Copy(panel.Column(name), options.Intercept);
            var norm = DenseVectors.CentredNorm(column, panel.Column(name));
            if (norm == 0) continue;
            var entries = new double[support.Count + 1];
            for (var pass = 0; pass < 2; pass++)
            {
                for (var k = 0; k < support.Count; k++)
                {
                    var part = DenseVectors.Dot(q[k], column);
                    entries[k] += part;
                    DenseVectors.AddScaled(column, q[k], -part);
                }
            }
            var rest = DenseVectors.Norm(column);
            if (rest <= 1e-10 * norm) continue; // linearly dependent on selected names
            DenseVectors.Scale(column, 1 / rest);
            entries[^1] = rest;
            var step = DenseVectors.Dot(column, residual);
            DenseVectors.AddScaled(residual, column, -step);
            support.Add(name);
            q.Add(column);
            r.Add(entries);
            z.Add(step);
            selection.Chosen(name);
            var left = DenseVectors.Norm(residual);
            path.Add(new PursuitStep(support.Count, left, Moments.Of(residual).SampleDeviation));
            if (left <= options.ResidualThreshold * targetNorm || left <= 1e-14 * targetNorm) break;
        }

        var weights = z.ToArray();
        for (var k = weights.Length - 1; k >= 0; k--)
        {
            weights[k] /= r[k][k];
            for (var i = 0; i < k; i++) weights[i] -= r[k][i] * weights[k];
        }
        return Finish(panel, target, options, support, weights, targetNorm, path);
    }

    internal static SparseFit Finish(ReturnPanel panel, ReadOnlySpan<double> target, PursuitOptions options,
        List<int> support, double[] weights, double targetNorm, List<PursuitStep> path)
    {
        var replica = panel.Combine(support, weights);
        double intercept = 0;
        if (options.Intercept)
        {
            for (var t = 0; t < replica.Length; t++) intercept += target[t] - replica[t];
            intercept /= replica.Length;
        }
        double squares = 0;
        for (var t = 0; t < replica.Length; t++)
        {
            var rest = target[t] - intercept - replica[t];
            squares += rest * rest;
        }
        return new SparseFit(support, weights, intercept, Math.Sqrt(squares), targetNorm, path);
    }
}
