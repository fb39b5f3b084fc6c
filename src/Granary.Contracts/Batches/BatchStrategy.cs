namespace Granary.Contracts.Batches;

/// <summary>The phase of a strategy of a batch.</summary>
public enum StrategyPhase
{
    /// <summary>It has not begun, or it begins again because its silo was lost.</summary>
    Waiting,

    /// <summary>It processes bars.</summary>
    Running,

    /// <summary>Its result is stored.</summary>
    Done,

    /// <summary>It failed or was stopped; the others go on.</summary>
    Failed,
}

/// <summary>One strategy of a batch while the batch runs.</summary>
/// <param name="Id">The strategy's id, as <c>Class(a=1,b=2)@SYMBOL:TF</c>.</param>
/// <param name="Bars">Bars seen so far.</param>
/// <param name="Trades">Trades closed so far.</param>
/// <param name="Equity">Cash and open position at the last close; null before the first bar, and if it failed.</param>
/// <param name="Positions">Open position of each symbol, base units, negative = short; empty at the end of the strategy.</param>
/// <param name="Error">Why it failed, or who stopped it; null otherwise.</param>
public sealed record BatchStrategy(string Id, StrategyPhase State, long Bars, long Trades, double? Equity,
    IReadOnlyDictionary<string, double> Positions, string? Error)
{
    /// <summary>The error of a strategy that was stopped by a caller.</summary>
    public static string StoppedBy(string who) => $"stopped by {who}";
}
