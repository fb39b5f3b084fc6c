namespace Granary.Engine.Portfolio.Rules;

/// <summary>The portfolio that a rule begins to guard.</summary>
/// <param name="symbols">Symbols of the instruments, by their index in the portfolio.</param>
/// <param name="strategies">Ids of the strategies, by their index in the portfolio.</param>
/// <param name="peak">The peak of the portfolio's equity.</param>
/// <param name="days">The days of returns that the portfolio keeps.</param>
public sealed class RuleContext(IReadOnlyList<string> symbols, IReadOnlyList<string> strategies, EquityPeak peak, int days)
{
    private DailyReturns? _returns;

    /// <summary>Symbols of the instruments, by their index in the portfolio.</summary>
    public IReadOnlyList<string> Symbols { get; } = symbols;

    /// <summary>Ids of the strategies, by their index in the portfolio.</summary>
    public IReadOnlyList<string> Strategies { get; } = strategies;

    /// <summary>The peak of the portfolio's equity.</summary>
    public EquityPeak Peak { get; } = peak;

    /// <summary>Daily returns of the instruments. The portfolio keeps them once a rule has asked for them.</summary>
    internal DailyReturns Returns => _returns ??= new DailyReturns(Symbols.Count, days);

    /// <summary>The daily returns; null if no rule has asked for them.</summary>
    internal DailyReturns? UsedReturns => _returns;
}
