using System.Runtime.InteropServices;

namespace Granary.Simulation.Passes;

/// <summary>
/// The best symbols of each period, whatever the order in which values come. It keeps no more than the members of each period, so its size
/// does not depend on the number of symbols. Not thread-safe.
/// </summary>
/// <param name="top">The number of members.</param>
internal sealed class UniverseRanks(int top)
{
    private readonly SortedDictionary<long, List<(double Score, int Symbol)>> _periods = [];

    /// <summary>Adds the value of a symbol at the end of a period.</summary>
    /// <param name="end">UTC ticks.</param>
    /// <param name="score">Higher values rank first; NaN is no member.</param>
    /// <param name="symbol">Position in the order of symbols, which decides between equal values.</param>
    public void Add(long end, double score, int symbol)
    {
        if (!_periods.TryGetValue(end, out var best)) _periods.Add(end, best = []);
        if (double.IsNaN(score)) return;
        var place = CollectionsMarshal.AsSpan(best).BinarySearch((score, symbol), Order.Instance);
        best.Insert(~place, (score, symbol));
        if (best.Count > top) best.RemoveAt(top);
    }

    /// <summary>Returns the members from the end of each period on, in the order of time.</summary>
    /// <param name="until">Later ends are not known yet, UTC ticks.</param>
    public IEnumerable<(long End, IEnumerable<int> Symbols)> Until(long until) =>
        _periods.TakeWhile(p => p.Key <= until).Select(p => (p.Key, p.Value.Select(s => s.Symbol)));

    private sealed class Order : IComparer<(double Score, int Symbol)>
    {
        public static readonly Order Instance = new();

        public int Compare((double Score, int Symbol) x, (double Score, int Symbol) y) =>
            x.Score != y.Score ? y.Score.CompareTo(x.Score) : x.Symbol.CompareTo(y.Symbol);
    }
}
