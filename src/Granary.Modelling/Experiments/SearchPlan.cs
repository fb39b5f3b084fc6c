using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.Search;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Modelling.Experiments;

/// <summary>Lists the candidates that a search tries and the number of inner windows for each rung.</summary>
/// <param name="Candidates">In the order of the batch file.</param>
/// <param name="Possible">Number of combinations before the budget limits them.</param>
/// <param name="Rungs">Empty if there is one candidate and one rule, so there is nothing to choose.</param>
/// <param name="FitsPerWindow">
/// Maximum number of fits per outer window: the fits of all rungs, and one fit on the whole training part per chosen candidate.
/// </param>
/// <remarks>
/// <see cref="SuccessiveHalving"/> over inner windows: all candidates compete on the first one. Fits of earlier rungs are reused.
/// </remarks>
internal sealed record SearchPlan(IReadOnlyList<SearchCandidate> Candidates, int Possible, IReadOnlyList<HalvingRung> Rungs,
    int FitsPerWindow)
{
    // Random stream of the draw of candidates. It differs from the streams of the models, so that neither affects the other.
    private const long DrawStream = 71_000;

    /// <summary>Selects as many candidates as the budget allows; draws them at random if there are more.</summary>
    /// <param name="outerWindows">Number of outer windows of all models of the section; at least 1.</param>
    /// <param name="budget">The JSON key that an error about the budget names.</param>
    /// <exception cref="InputException">The budget does not cover a single candidate.</exception>
    public static SearchPlan Of(SearchSpec search, int outerWindows, long seed, JsonPart budget)
    {
        var all = new List<SearchCandidate>();
        foreach (var trainer in search.Trainers)
            for (var set = 0; set < search.FeatureSets.Count; set++)
                foreach (var keep in search.Keeps)
                    all.Add(new SearchCandidate(all.Count, trainer, set, search.FeatureSets[set], keep));
        var each = search.Budget / outerWindows;
        var count = all.Count;
        while (count > 0 && Cost(search, count) > each) count--;
        if (count == 0)
            throw budget.Fault(FormattableString.Invariant(
                $"a budget of {search.Budget} fits is not enough for one candidate on {outerWindows} outer windows: give at least ")
                + FormattableString.Invariant($"{(long)outerWindows * Cost(search, 1)}, or fewer inner windows"));
        var chosen = all;
        if (count < all.Count)
        {
            var order = Enumerable.Range(0, all.Count).ToArray();
            new PortableRandom(seed, DrawStream).Shuffle(order.AsSpan());
            chosen = [.. order.Take(count).Order().Select((at, index) => all[at] with { Index = index })];
        }
        return new SearchPlan(chosen, all.Count, RungsOf(search, count), Cost(search, count));
    }

    private static IReadOnlyList<HalvingRung> RungsOf(SearchSpec search, int count) =>
        count == 1 && search.Rules.Count == 1 ? [] : SuccessiveHalving.Rungs(count, search.Windows);

    private static int Cost(SearchSpec search, int count)
    {
        var rungs = RungsOf(search, count);
        // Each rule may have a different best candidate, and each of these is fitted on the whole training part.
        var cost = Math.Min(search.Rules.Count, rungs.Count > 0 ? rungs[^1].Candidates : 1);
        for (var r = 0; r < rungs.Count; r++) cost += rungs[r].Candidates * (rungs[r].Resource - (r > 0 ? rungs[r - 1].Resource : 0));
        return cost;
    }
}
