using System.Globalization;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Learning.Tracking;

namespace Granary.Learning.Strategies;

/// <summary>
/// Holds a few names in place of an index, and rebalances them to their weights by ordinary orders. The weights are given, as <c>granary
/// track</c> finds them, or fitted by matching pursuit to the last bars of the names and of the index. The index is one of its symbols and
/// is not traded. It reads only bars that it has seen.
/// </summary>
[Strategy("Replicates an index with few names: weights from 'granary track', or fitted again to the last 'window' bars of the names and of "
        + "the symbol 'index'; rebalanced every 'every' bars.",
    WorksIn = "Indices that few names explain: the replica earns what the index earns, with fewer orders than all of its names need.",
    LosesIn = "Declines of the index, in full; names whose share in the index changes faster than weights are fitted; "
        + "costs of each rebalance.",
    Source = "Pati, Rezaiifar and Krishnaprasad 1993")]
internal sealed class IndexReplica : MultiSymbolStrategy
{
    private readonly string _index;
    private readonly IReadOnlyDictionary<string, double>? _given;
    private readonly PursuitOptions _options;
    private readonly int _window, _every;
    private readonly double _percent;
    // Closes of all symbols at the last time slices in which all had a bar, oldest first; one more than the window.
    private readonly List<double[]> _closes = [];
    private double[]? _weights;
    private long _seen, _next;
    private bool _isUnfinished;
    private int _indexAt = -1;

    /// <param name="index">The symbol to replicate, which is not traded. Not required with given weights.</param>
    /// <param name="weights">Weights such as "ACME:0.6;BOLT:0.4"; empty to fit them.</param>
    /// <param name="names">The maximum number of names.</param>
    /// <param name="window">The number of bars that the weights are fitted to.</param>
    /// <param name="every">The number of bars between two rebalances; each refits fitted weights.</param>
    /// <param name="percent">The percentage of the equity for weights that add up to 1.</param>
    /// <param name="shorts">Whether weights may be negative.</param>
    /// <exception cref="InputException">The text of the weights is invalid.</exception>
    public IndexReplica(string index = "", string weights = "", [Range(1, 500)] int names = 10, [Range(20, 5_000)] int window = 252,
        [Range(1, 1_000)] int every = 21, [Range(1, 1_000)] double percent = 95, bool shorts = false)
    {
        (_index, _window, _every, _percent) = (index, window, every, percent);
        _given = weights.Length > 0 ? Weights(weights) : null;
        _options = new PursuitOptions { MaxNames = names, NonNegative = !shorts };
    }

    /// <inheritdoc/>
    public override int LeastSymbols => _given is null ? 2 : 1;

    /// <summary>The current weights in the order of its symbols; null before the first fit.</summary>
    public IReadOnlyList<double>? Target => _weights;

    /// <inheritdoc/>
    public override void OnStart(MultiSymbolContext context)
    {
        var symbols = context.Symbols.Select(s => s.Symbol).ToList();
        _indexAt = symbols.IndexOf(_index);
        if (_given is null)
        {
            if (_indexAt >= 0) return;
            throw new InvalidOperationException(_index.Length == 0
                ? "it needs the parameter 'index' or 'weights': name the symbol that it replicates"
                : $"the index '{_index}' is not among its symbols; add it to them");
        }
        if (_given.Keys.FirstOrDefault(name => !symbols.Contains(name)) is { } missing)
            throw new InvalidOperationException($"'{missing}' has a weight and is not among its symbols; add it to them");
        _weights = [.. symbols.Select(s => _given.GetValueOrDefault(s))];
    }

    /// <inheritdoc/>
    public override void OnBar(MultiSymbolContext bar)
    {
        foreach (var symbol in bar.Symbols)
            if (!symbol.HasBar) return;
        _seen++;
        if (_given is null) Remember(bar.Symbols);
        if (_seen >= _next && (_given is not null || _closes.Count > _window))
        {
            _next = _seen + _every;
            if (_given is null) _weights = Fitted(bar.Symbols.Count);
            _isUnfinished = Trade(bar);
        }
        else if (_isUnfinished)
        {
            // Buys the remainder that cash could not pay before the sales of the last bar were filled.
            _isUnfinished = false;
            Trade(bar);
        }
    }

    private void Remember(IReadOnlyList<SymbolContext> symbols)
    {
        var row = _closes.Count > _window ? _closes[0] : new double[symbols.Count];
        if (_closes.Count > _window) _closes.RemoveAt(0);
        for (var i = 0; i < row.Length; i++) row[i] = symbols[i].Close;
        _closes.Add(row);
    }

    // The simple returns of the window, without later bars.
    private double[] Fitted(int symbols)
    {
        double[] ReturnsOf(int symbol)
        {
            var returns = new double[_window];
            for (var t = 0; t < _window; t++) returns[t] = _closes[t + 1][symbol] / _closes[t][symbol] - 1;
            return returns;
        }
        int[] names = [.. Enumerable.Range(0, symbols).Where(i => i != _indexAt)];
        var panel = ReturnPanel.FromColumns([.. names.Select(i => i.ToString(CultureInfo.InvariantCulture))],
            [.. names.Select(ReturnsOf)]);
        var fit = MatchingPursuit.Fit(panel, ReturnsOf(_indexAt), _options);
        var weights = new double[symbols];
        for (var k = 0; k < fit.Support.Count; k++) weights[names[fit.Support[k]]] = fit.Weights[k];
        return weights;
    }

    /// <returns>Whether it buys a name for which cash may not suffice before the sales are filled.</returns>
    private bool Trade(MultiSymbolContext bar)
    {
        if (_weights is null || !(bar.Equity > 0)) return false;
        var (bought, sold) = (false, false);
        foreach (var symbol in bar.Symbols)
        {
            var missing = _weights[symbol.Number] * _percent / 100 * bar.Equity - symbol.PositionValue;
            if (symbol.Number == _indexAt || missing == 0) continue;
            if (missing > 0) bought = true;
            else sold = true;
        }
        bar.Rebalance([.. bar.Symbols.Select(s => s.Number == _indexAt ? double.NaN : _weights[s.Number] * _percent)]);
        return bought && sold;
    }

    private static Dictionary<string, double> Weights(string text)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var pair in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.LastIndexOf(':');
            if (at < 1 || !double.TryParse(pair.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
                || !double.IsFinite(weight) || !weights.TryAdd(pair[..at], weight))
                throw new InputException($"the weight '{pair}' is not written as SYMBOL:NUMBER, each symbol once");
        }
        return weights;
    }
}
