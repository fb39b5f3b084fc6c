namespace Granary.Engine.Portfolio.Rules;

/// <summary>Makes the rules of a batch's limits, in the order in which an entry is checked.</summary>
internal sealed class LimitRules(PortfolioLimits limits, IReadOnlyList<string> symbols, IReadOnlyList<string> members)
{
    /// <param name="peak">The peak of the portfolio's equity.</param>
    /// <param name="returns">Needed with <see cref="PortfolioLimits.MaxCorrelatedPercent"/>.</param>
    /// <param name="history">Needed with an enablement rule.</param>
    public IReadOnlyList<IPortfolioRule> Make(EquityPeak peak, EnablementRule? enablement, DailyReturns? returns, TradeHistory? history) =>
    [
        .. Admission(peak),
        .. enablement is null ? [] : new IPortfolioRule[] { new EnablementByResults(enablement, history!, members.Count, symbols.Count) },
        .. Bounds(returns),
        .. limits.Rules.Select(rule => rule.Create()),
    ];

    private IEnumerable<IPortfolioRule> Admission(EquityPeak peak)
    {
        if (limits.RestrictedSymbols.Count > 0)
            yield return new RestrictedSymbols([.. symbols.Select(s => limits.RestrictedSymbols.Contains(s, StringComparer.Ordinal))]);
        yield return new OneEntryPerPeriod(members.Count);
        yield return new ModelVeto();
        if (limits.MaxDrawdownPercent is { } drawdown)
            yield return new DrawdownLimit(drawdown, limits.ResumeDrawdownPercent, limits.ResumeAfterDays, peak);
        if (limits.DailyLossPercent is { } loss) yield return new DailyLossLimit(loss);
        if (limits.MaxPositions is { } positions) yield return new PositionLimit(positions);
        if (limits.Reserved.Count > 0) yield return new SymbolReservations(limits.Reserved, symbols, members);
        if (limits.ExclusiveSymbols) yield return new ExclusiveSymbols();
    }

    private IEnumerable<IPortfolioRule> Bounds(DailyReturns? returns)
    {
        if (limits.MaxLeverage is { } leverage) yield return new LeverageLimit(leverage);
        if (limits.MaxTurnoverPercent is { } turnover) yield return new TurnoverLimit(turnover);
        foreach (var group in limits.Groups.Values) yield return new GroupLimit(group, symbols);
        if (limits.MaxCorrelatedPercent is { } correlated)
            yield return new CorrelatedLimit(correlated, limits.Correlation, returns!, symbols.Count);
        if (limits.MaxSymbolPercent is { } symbol) yield return new SymbolLimit(symbol);
        if (limits.MaxStrategyPercent is { } strategy) yield return new StrategyLimit(strategy);
        if (limits.MaxGrossPercent is { } gross) yield return new GrossLimit(gross);
        if (limits.MaxNetPercent is { } net) yield return new NetLimit(net);
    }
}
