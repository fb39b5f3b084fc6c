namespace Granary.Learning.Search;

/// <summary>Order of evaluated points by one or several objectives. Every objective is maximised.</summary>
internal static class Objectives
{
    /// <summary>Whether the point was evaluated and has each of its objectives.</summary>
    public static bool AreDefined(IReadOnlyList<double>? objectives)
    {
        if (objectives is null) return false;
        for (var m = 0; m < objectives.Count; m++)
        {
            if (double.IsNaN(objectives[m])) return false;
        }
        return true;
    }

    /// <summary>Whether one vector is nowhere worse than another, and better somewhere.</summary>
    private static bool Dominates(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        var better = false;
        for (var m = 0; m < one.Count; m++)
        {
            if (one[m] < other[m]) return false;
            better |= one[m] > other[m];
        }
        return better;
    }

    /// <summary>Returns the places of the points on the Pareto front, which no other point dominates, in order.</summary>
    /// <param name="points">Each has all objectives. With one objective the front is the greatest value.</param>
    /// <param name="firstOfEqual">
    /// Whether only the first of equal points is on the front, as for results that would be shown and weighted twice. A rank needs all.
    /// </param>
    public static IReadOnlyList<int> Front(IReadOnlyList<IReadOnlyList<double>> points, bool firstOfEqual)
    {
        var front = new List<int>();
        for (var i = 0; i < points.Count; i++)
        {
            var isBeaten = false;
            for (var j = 0; j < points.Count && !isBeaten; j++)
                isBeaten = Dominates(points[j], points[i]) || firstOfEqual && j < i && points[j].SequenceEqual(points[i]);
            if (!isBeaten) front.Add(i);
        }
        return front;
    }

    /// <summary>Returns the volume that the points dominate above a reference.</summary>
    /// <param name="points">Each at least as large as the reference in every objective; others count as far as they are.</param>
    public static double Hypervolume(IReadOnlyList<IReadOnlyList<double>> points, IReadOnlyList<double> reference)
    {
        var inside = points.Where(p => !p.Where((value, m) => !(value > reference[m])).Any()).ToList();
        return Slice(inside, reference, reference.Count);
    }

    /// <summary>Returns the points from the best to the worst, undefined ones last; of equal ones the earlier first.</summary>
    /// <remarks>
    /// Several objectives: by fronts, and within a front by the hypervolume that each adds to those before it, the most first (Guerreiro,
    /// Fonseca and Paquete 2016).
    /// </remarks>
    public static IReadOnlyList<int> Rank(IReadOnlyList<IReadOnlyList<double>?> points) => Rank(points, points.Count);

    /// <summary>Returns the first so many points of the rank.</summary>
    internal static IReadOnlyList<int> Rank(IReadOnlyList<IReadOnlyList<double>?> points, int count)
    {
        var defined = Enumerable.Range(0, points.Count).Where(i => AreDefined(points[i])).ToList();
        var ranked = defined.Count > 0 && points[defined[0]]!.Count > 1
            ? RankFronts(points, defined, count)
            : [.. defined.OrderByDescending(i => points[i]![0])];
        ranked.AddRange(Enumerable.Range(0, points.Count).Where(i => !AreDefined(points[i])));
        return ranked[..count];
    }

    /// <summary>Returns the hypervolume that only this point dominates, by point, as a share of the largest one.</summary>
    internal static double[] Contributions(IReadOnlyList<IReadOnlyList<double>> points)
    {
        if (points.Count == 1) return [1];
        points = [.. Bounded(points, [.. Enumerable.Range(0, points.Count)]).OrderBy(p => p.Key).Select(p => p.Value)];
        var reference = ReferenceOf(points);
        var all = Hypervolume(points, reference);
        var shares = new double[points.Count];
        for (var i = 0; i < shares.Length; i++) shares[i] = all - Hypervolume([.. points.Where((_, j) => j != i)], reference) + Tiny;
        var most = shares.Max();
        for (var i = 0; i < shares.Length; i++) shares[i] = Math.Clamp(shares[i] / most, 0, 1);
        return shares;
    }

    private const double Tiny = 1e-12;

    private static List<int> RankFronts(IReadOnlyList<IReadOnlyList<double>?> points, List<int> left, int count)
    {
        var finite = Bounded(points, left);
        var ranked = new List<int>();
        while (left.Count > 0 && ranked.Count < count)
        {
            var front = Front([.. left.Select(i => finite[i])], firstOfEqual: false).Select(place => left[place]).ToList();
            left = [.. left.Except(front)];
            var reference = ReferenceOf([.. front.Select(i => finite[i])]);
            var chosen = new List<IReadOnlyList<double>>();
            while (front.Count > 0 && ranked.Count < count)
            {
                var (next, most) = (front[0], double.NegativeInfinity);
                foreach (var i in front)
                {
                    var volume = Hypervolume([.. chosen, finite[i]], reference);
                    if (volume > most) (next, most) = (i, volume);
                }
                ranked.Add(next);
                chosen.Add(finite[next]);
                front.Remove(next);
            }
        }
        return ranked;
    }

    // An infinite value counts as the largest or smallest finite one.
    private static Dictionary<int, double[]> Bounded(IReadOnlyList<IReadOnlyList<double>?> points, List<int> defined)
    {
        var bounded = defined.ToDictionary(i => i, i => points[i]!.ToArray());
        for (var m = 0; m < points[defined[0]]!.Count; m++)
        {
            var finite = bounded.Values.Select(v => v[m]).Where(double.IsFinite).DefaultIfEmpty(0).ToList();
            foreach (var values in bounded.Values) values[m] = Math.Clamp(values[m], finite.Min(), finite.Max());
        }
        return bounded;
    }

    // A tenth beyond the worst values.
    private static double[] ReferenceOf(IReadOnlyList<IReadOnlyList<double>> points)
    {
        var reference = new double[points[0].Count];
        for (var m = 0; m < reference.Length; m++)
        {
            var worst = points.Min(p => p[m]);
            var beyond = Math.Min(1.1 * worst, 0.9 * worst);
            reference[m] = beyond == 0 ? -Tiny : beyond;
        }
        return reference;
    }

    // Slices along the last objective, from the best value down; the volume of a slice has one objective less.
    private static double Slice(List<IReadOnlyList<double>> points, IReadOnlyList<double> reference, int objectives)
    {
        if (points.Count == 0) return 0;
        if (objectives == 1) return points.Max(p => p[0]) - reference[0];
        var last = objectives - 1;
        List<IReadOnlyList<double>> sorted = [.. points.OrderByDescending(p => p[last])];
        var volume = 0.0;
        for (var i = 0; i < sorted.Count; i++)
        {
            var depth = sorted[i][last] - (i + 1 < sorted.Count ? sorted[i + 1][last] : reference[last]);
            if (depth > 0) volume += depth * Slice(sorted[..(i + 1)], reference, last);
        }
        return volume;
    }
}
