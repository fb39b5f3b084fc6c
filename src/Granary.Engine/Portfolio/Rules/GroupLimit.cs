namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the value and the number of positions in a group of instruments, such as a sector.</summary>
internal sealed class GroupLimit : IPortfolioRule
{
    private readonly PortfolioGroup _group;
    private readonly int[] _markets;
    private readonly bool[] _contains;

    /// <param name="symbols">The symbols of the portfolio's instruments, in their order.</param>
    public GroupLimit(PortfolioGroup group, IReadOnlyList<string> symbols)
    {
        _group = group;
        _contains = [.. symbols.Select(s => group.Symbols.Contains(s, StringComparer.Ordinal))];
        _markets = [.. Enumerable.Range(0, symbols.Count).Where(i => _contains[i])];
    }

    public Decision Refusal => Decision.MaxGroup;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio)
    {
        if (_group.MaxPositions is not { } most || !_contains[entry.Market]) return true;
        var trades = 0;
        foreach (var market in _markets) trades += portfolio.TradesIn(market);
        return trades < most;
    }

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) =>
        _group.MaxPercent is { } percent && _contains[scope.Market]
        ? new ValueBound(portfolio.ValueIn(_markets, scope.CountsReserved), percent * (portfolio.Equity / 100))
        : ValueBound.None;
}
