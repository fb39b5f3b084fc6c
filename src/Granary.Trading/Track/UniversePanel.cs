using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Learning.Tracking;

namespace Granary.Trading.Track;

/// <summary>Aligns the prices of many symbols with an index's dates, as simple returns.</summary>
/// <remarks>A symbol without a price on a date keeps its last price, for at most <see cref="MostMissing"/> consecutive dates. A symbol that
/// starts later, ends earlier or has longer gaps is omitted and listed in <see cref="Notes"/>, because a replica can only hold names that
/// traded all the time.</remarks>
internal sealed class UniversePanel
{
    /// <summary>The maximum number of consecutive dates without a price.</summary>
    public const int MostMissing = 5;

    private readonly EquityCurve _index;
    private readonly List<string> _names = [];
    private readonly List<double[]> _columns = [];
    private readonly List<string> _left = [];

    /// <exception cref="BarDataException">There are fewer than three dates, or a price is not positive.</exception>
    public UniversePanel(EquityCurve index)
    {
        if (index.Count < 3) throw new BarDataException($"the index has {index.Count} dates: at least three are needed");
        if (Array.Exists(index.Returns.ToArray(), double.IsNaN))
            throw new BarDataException("the index has a price that is not positive: remove that date");
        _index = index;
    }

    public IReadOnlyList<string> Notes => _left.Count == 0 ? [] :
        [$"{_left.Count} symbols do not cover the index's dates and were left "
            + $"out: {string.Join(", ", _left.Take(10))}{(_left.Count > 10 ? ", …" : "")}"];

    public void Add(string symbol, EquityCurve closes)
    {
        var prices = new double[_index.Count];
        int at = 0, missing = 0;
        for (var i = 0; i < prices.Length; i++)
        {
            while (at < closes.Count && closes.Times[at] <= _index.Times[i]) at++;
            var fresh = at > 0 && (i == 0 ? closes.Times[at - 1] == _index.Times[0] : closes.Times[at - 1] > _index.Times[i - 1]);
            missing = fresh ? 0 : missing + 1;
            if (at == 0 || (i == 0 && !fresh) || missing > MostMissing || (at == closes.Count && i == prices.Length - 1 && !fresh)
                || !(closes.Values[at - 1] > 0))
            {
                _left.Add(symbol);
                return;
            }
            prices[i] = closes.Values[at - 1];
        }
        var returns = new double[prices.Length - 1];
        for (var i = 0; i < returns.Length; i++) returns[i] = prices[i + 1] / prices[i] - 1;
        _names.Add(symbol);
        _columns.Add(returns);
    }

    /// <exception cref="BarDataException">No symbol covers the index's dates.</exception>
    public (ReturnPanel Panel, double[] Target, long[] Times) Build()
    {
        if (_names.Count == 0)
            throw new BarDataException($"none of {_left.Count} symbols has prices on all of the index's "
                + $"dates, {new DateTime(_index.Times[0]):yyyy-MM-dd} to {new DateTime(_index.Times[^1]):yyyy-MM-dd}: use a shorter index "
                + $"file or more symbols");
        return (ReturnPanel.FromColumns(_names, _columns), _index.Returns.ToArray(), _index.Times[1..].ToArray());
    }
}
