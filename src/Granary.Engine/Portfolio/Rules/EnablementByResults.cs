namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Refuses entries of strategies and in instruments whose recent trades do not meet a rule. The trades are checked at the start of each UTC
/// day.
/// </summary>
internal sealed class EnablementByResults(EnablementRule rule, TradeHistory history, int members, int markets) : IPortfolioRule
{
    private readonly bool[] _memberOff = new bool[members], _marketOff = new bool[markets];

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) => !_memberOff[entry.Member] && !_marketOff[entry.Market];

    public void OnNewDay(long day, IPortfolioView portfolio)
    {
        for (var i = 0; rule.By != EnablementScope.Symbol && i < _memberOff.Length; i++) _memberOff[i] = !history.OfMember(i).Meets(rule);
        for (var i = 0; rule.By != EnablementScope.Strategy && i < _marketOff.Length; i++) _marketOff[i] = !history.OfMarket(i).Meets(rule);
    }
}
