using Granary.Engine.Numerics;

namespace Granary.Learning.Tracking;

/// <summary>
/// Searches for a better set of names than that of matching pursuit with constraints. Pursuit does not revise a selection, and constraints
/// make early selections wrong more often. The best set may have few names in common with it.
/// </summary>
internal sealed class SupportRefinement
{
    // All sets are tested up to this number, which takes about half a second.
    private const double MostSets = 40_000;

    // The number of candidates for each exchange, by expected gain, and the maximum number of exchange rounds.
    private const int Candidates = 12, MostRounds = 60;

    // The number of restarts with a randomly changed part of the best set, within the limit of work.
    private const int MostRestarts = 60;
    private const double MostWork = 1e9;

    // More column products than this would take longer than the pursuit itself.
    private const double MostProducts = 4e9;

    private readonly SupportObjective _objective;
    private readonly int _most, _least;

    private SupportRefinement(SupportObjective objective, int most, int least) => (_objective, _most, _least) = (objective, most, least);

    /// <summary>Returns the best set found, at least as good as the given one.</summary>
    /// <param name="target">The target, centred if there is an intercept.</param>
    /// <param name="support">The names that matching pursuit selected.</param>
    /// <returns>Null if nothing better was found, or if the panel is too large.</returns>
    public static (List<int> Support, double[] Weights)? Run(ReturnPanel panel, double[] target, double targetNorm,
        PursuitOptions options, IReadOnlyList<int> support)
    {
        if (options.Refinement == Refinement.None || options.ResidualThreshold > 0
            || (double)panel.Count * panel.Count * panel.Periods / 2 > MostProducts) return null;
        var most = Math.Min(options.MaxNames, panel.Count);
        // Without a minimum weight, superfluous names get the weight zero and are removed afterwards.
        var least = options.MinWeight > 0 ? 1 : most;
        var objective = new SupportObjective(panel, target, targetNorm, options);
        var before = objective.Of(support).Value;
        var run = new SupportRefinement(objective, most, least);
        var (names, value, weights) = options.Refinement == Refinement.Auto && Sets(panel.Count, least, most) <= MostSets ? run.TryAll()
            : run.Exchange(support);
        if (names.Count == 0 || !(value < before - 1e-12 * Math.Max(1e-300, targetNorm * targetNorm))) return null;
        var held = Enumerable.Range(0, names.Count).Where(i => weights[i] != 0).ToList();
        // Names that stay keep their positions.
        var ordered = held.OrderBy(i => support.ToList().IndexOf(names[i]) is var at && at < 0 ? int.MaxValue : at).ThenByDescending(i =>
            Math.Abs(weights[i])).ToList();
        return ([.. ordered.Select(i => names[i])], [.. ordered.Select(i => weights[i])]);
    }

    private static double Sets(int names, int least, int most)
    {
        double total = 0, sets = 1;
        for (var k = 1; k <= most && total <= MostSets; k++)
        {
            sets = sets * (names - k + 1) / k;
            if (k >= least) total += sets;
        }
        return total;
    }

    private (IReadOnlyList<int> Names, double Value, double[] Weights) TryAll()
    {
        (IReadOnlyList<int> Names, double Value, double[] Weights) best = ([], double.PositiveInfinity, []);
        for (var size = _least; size <= _most; size++)
        {
            var names = Enumerable.Range(0, size).ToArray();
            while (true)
            {
                var (value, weights) = _objective.Of(names);
                if (value < best.Value) best = ([.. names], value, weights);
                var i = size - 1;
                while (i >= 0 && names[i] == _objective.Count - size + i) i--;
                if (i < 0) break;
                names[i]++;
                for (var j = i + 1; j < size; j++) names[j] = names[j - 1] + 1;
            }
        }
        return best;
    }

    // Starts from the pursuit's set, from a set that is built by the gain of each name under the constraints, and then repeatedly from the
    // best set with a part replaced.
    private (IReadOnlyList<int> Names, double Value, double[] Weights) Exchange(IReadOnlyList<int> support)
    {
        var best = Descend([.. support]);
        var grown = Descend([]);
        if (grown.Value < best.Value) best = grown;
        var random = new PortableRandom(1, 31);
        for (var restart = 0; restart < MostRestarts && _objective.Work < MostWork && best.Names.Count > 0; restart++)
        {
            var names = best.Names.ToList();
            for (var k = (names.Count + 1) / 2; k > 0; k--)
            {
                var name = random.Next(_objective.Count);
                if (!names.Contains(name)) names[random.Next(names.Count)] = name;
            }
            var other = Descend(names);
            if (other.Value < best.Value) best = other;
        }
        return best;
    }

    private (IReadOnlyList<int> Names, double Value, double[] Weights) Descend(List<int> names)
    {
        var (value, weights) = _objective.Of(names);
        for (var round = 0; round < MostRounds + _most && (round == 0 || _objective.Work < 2 * MostWork); round++)
        {
            (List<int> Names, double Value, double[] Weights) best = (names, value, weights);
            foreach (var neighbour in Neighbours(names))
            {
                var (other, fitted) = _objective.Of(neighbour);
                if (other < best.Value || double.IsPositiveInfinity(best.Value) && neighbour.Count > best.Names.Count) best = (neighbour,
                    other, fitted);
            }
            if (ReferenceEquals(best.Names, names)) break;
            (names, value, weights) = best;
        }
        return (names, value, weights);
    }

    // Sets with one name added, removed or exchanged.
    private IEnumerable<List<int>> Neighbours(List<int> names)
    {
        if (names.Count < _most)
            foreach (var name in Promising(names))
                yield return [.. names, name];
        for (var i = 0; i < names.Count; i++)
        {
            List<int> rest = [.. names.Where((_, k) => k != i)];
            if (rest.Count >= _least) yield return rest;
            foreach (var name in Promising(rest))
                if (name != names[i])
                    yield return [.. rest[..i], name, .. rest[i..]];
        }
    }

    private IEnumerable<int> Promising(List<int> names)
    {
        var weights = _objective.Of(names).Weights;
        if (weights.Length != names.Count) weights = new double[names.Count];
        return Enumerable.Range(0, _objective.Count).Where(j => !names.Contains(j))
            .OrderByDescending(j => _objective.ExpectedGain(j, names, weights)).ThenBy(j => j).Take(Candidates);
    }
}
