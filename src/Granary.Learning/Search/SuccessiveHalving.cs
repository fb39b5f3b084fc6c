namespace Granary.Learning.Search;

/// <summary>One step of successive halving.</summary>
/// <param name="Candidates">Number of candidates that compete.</param>
/// <param name="Resource">What each candidate gets: parts of the bars, or windows, counted from the first.</param>
internal readonly record struct HalvingRung(int Candidates, int Resource);

/// <summary>
/// Successive halving (Jamieson and Talwalkar 2016): all candidates compete on a small resource, the better half on twice as much, and so
/// on up to the whole resource.
/// </summary>
internal static class SuccessiveHalving
{
    /// <summary>Returns the rungs, from one unit of the resource to all of it.</summary>
    /// <param name="candidates">Number of candidates of the first rung, from 1.</param>
    /// <param name="most">The whole resource, from 1.</param>
    public static IReadOnlyList<HalvingRung> Rungs(int candidates, int most)
    {
        var rungs = new List<HalvingRung>();
        for (var resource = 1; ; resource = Math.Min(2 * resource, most))
        {
            rungs.Add(new HalvingRung(candidates, resource));
            if (resource == most) return rungs;
            candidates = Half(candidates);
        }
    }

    /// <summary>The number of candidates that survive a rung.</summary>
    public static int Half(int candidates) => (candidates + 1) / 2;

    /// <summary>Returns the better half of the candidates of a rung, in ascending order.</summary>
    /// <param name="bestFirst">The candidates of the rung, or at least its better half.</param>
    /// <param name="candidates">Number of candidates of the rung.</param>
    public static IReadOnlyList<int> Better(IEnumerable<int> bestFirst, int candidates) => [.. bestFirst.Take(Half(candidates)).Order()];
}
