using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;

namespace Granary.Backtesting.Why;

/// <summary>The bars of a strategy's symbol with the strategy's factors and conditions, recorded bar by bar.</summary>
/// <param name="reader">Reads the factors at the current bar.</param>
/// <param name="seen">The prices that the strategy sees; null if these are the bars' own.</param>
internal sealed class SymbolTape(string symbol, IFactorReader reader, IReadOnlyList<DeclaredCondition> conditions, SeenPrices? seen)
{
    private readonly List<Bar> _bars = [];
    private readonly List<double>[] _factors = [.. reader.FactorNames.Select(_ => new List<double>())];
    private readonly double[] _values = new double[reader.FactorNames.Count];
    // One bit for each condition that holds, by bar.
    private readonly List<ulong> _holds = [];
    // The last side of each crossing: 1 = the left line was above, −1 = below, 0 = it has had no side yet.
    private readonly sbyte[] _sides = new sbyte[conditions.Count];

    /// <summary>The most conditions of a strategy, by the bits of a bar.</summary>
    public const int MostConditions = 64;

    public string Symbol => symbol;

    public IReadOnlyList<string> FactorNames => reader.FactorNames;

    /// <summary>Number of the first recorded bar in the feed.</summary>
    public long First { get; private set; }

    /// <summary>Number of recorded bars.</summary>
    public int Count => _bars.Count;

    /// <summary>Columns of doubles that a bar takes.</summary>
    public int Width => 7 + _factors.Length;

    public Bar this[int index] => _bars[index];

    /// <summary>Adds the bar that the run has processed.</summary>
    public void Add(in Bar bar)
    {
        _bars.Add(bar);
        reader.ReadFactors(_values);
        for (var f = 0; f < _values.Length; f++) _factors[f].Add(_values[f]);
        var holds = 0UL;
        for (var c = 0; c < conditions.Count; c++)
            if (Holds(c, SeenClose(bar)))
                holds |= 1UL << c;
        _holds.Add(holds);
    }

    private double SeenClose(in Bar bar) => seen is null ? bar.Close : seen.ToSeen(bar.Close, bar.Time);

    private bool Holds(int number, double close)
    {
        var condition = conditions[number];
        var (left, right) = Sides(condition, close, i => _values[i]);
        if (!condition.IsCrossing) return condition.Holds(left, right);
        // Equal and undefined values leave the side as it was.
        var side = left > right ? (sbyte)1 : left < right ? (sbyte)-1 : (sbyte)0;
        if (side == 0 || side == _sides[number]) return false;
        var isFirst = _sides[number] == 0;
        _sides[number] = side;
        return !isFirst && condition.Holds(left, right);
    }

    private static (double Left, double Right) Sides(DeclaredCondition condition, double close, Func<int, double> factor) =>
        (condition.Left == DeclaredCondition.Close ? close : factor(condition.Left),
            condition.Right == DeclaredCondition.Constant ? condition.Level : factor(condition.Right));

    /// <summary>The value of a factor at a bar; NaN until it is warm.</summary>
    public double Factor(int factor, int index) => _factors[factor][index];

    /// <summary>Whether a condition held at a bar.</summary>
    public bool Held(int condition, int index) => (_holds[index] >> condition & 1) != 0;

    /// <summary>Both sides of a condition at a bar.</summary>
    public (double Left, double Right) SidesAt(DeclaredCondition condition, int index) =>
        Sides(condition, SeenClose(_bars[index]), f => _factors[f][index]);

    /// <summary>Returns the index of the last bar that opens at a time or before; −1 if there is none.</summary>
    public int IndexAt(long time)
    {
        var (low, high) = (0, _bars.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_bars[middle].Time <= time) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    /// <summary>Removes the bars before a time.</summary>
    public void DropBefore(long time)
    {
        var count = IndexAt(time - 1) + 1;
        if (count <= 0) return;
        _bars.RemoveRange(0, count);
        _holds.RemoveRange(0, count);
        foreach (var factor in _factors) factor.RemoveRange(0, count);
        First += count;
    }
}
