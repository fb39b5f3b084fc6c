namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the value and the number of positions in a group of instruments.</summary>
internal sealed class GroupLimit : IPortfolioRule
{
    private readonly string _name;
    private readonly PortfolioGroup _group;
    private readonly int[] _markets;
    private readonly bool[] _contains;

    /// <param name="symbols">The symbols of the portfolio's instruments, in their order.</param>
    public GroupLimit(string name, PortfolioGroup group, IReadOnlyList<string> symbols)
    {
        (_name, _group) = (name, group);
        _contains = [.. symbols.Select(s => group.Symbols.Contains(s, StringComparer.Ordinal))];
        _markets = [.. Enumerable.Range(0, symbols.Count).Where(i => _contains[i])];
    }

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        _group.MaxPositions is not { } most || !_contains[entry.Market] || TradesIn(portfolio) < most;

    private int TradesIn(IPortfolioView portfolio)
    {
        var trades = 0;
        foreach (var market in _markets) trades += portfolio.TradesIn(market);
        return trades;
    }

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) =>
        _group.MaxPercent is { } percent && _contains[scope.Market]
        ? new ValueBound(portfolio.ValueIn(_markets, scope.CountsReserved), percent * (portfolio.Equity / 100))
        : ValueBound.None;

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio)
    {
        if (_group.MaxPercent is { } percent)
            yield return RuleUse.OfEquity("One group", portfolio.ValueIn(_markets, countsReserved: false), percent, portfolio, _name);
        if (_group.MaxPositions is { } most)
            yield return new RuleUse("Open trades of one group", TradesIn(portfolio), most, RuleUnit.Count, _name);
    }
}
