using System.Text.Json.Serialization;
using Granary.Application.Simulation;

namespace Granary.Application.Live;

/// <summary>One strategy of a live session while the session runs; the numbers are those of its own, simulated account.</summary>
/// <param name="Id">The strategy's id, as <c>Class(a=1,b=2)@SYMBOL:TF</c>.</param>
/// <param name="State">Waiting before its first bar, running, or failed; a failed strategy trades no more.</param>
/// <param name="Bars">Bars seen so far, those before the session's first trade included.</param>
/// <param name="Trades">Trades closed so far.</param>
/// <param name="Equity">Cash and open position at the last close, in the account's currency; null before the first bar, and if it
/// failed.</param>
/// <param name="Positions">Open position of each symbol, base units, negative = short.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
/// <param name="Enabled">Whether the portfolio takes its entries; open trades go on without.</param>
/// <param name="Weight">Its weight in the portfolio now; 0 = not traded.</param>
public sealed record SessionStrategy(string Id, StrategyPhase State, long Bars, long Trades, double? Equity,
    IReadOnlyDictionary<string, double> Positions, string? Error, bool Enabled, double Weight)
{
    /// <summary>Whether a stop changes anything: it has not failed, and may enter.</summary>
    [JsonIgnore]
    public bool CanStop => Enabled && State != StrategyPhase.Failed;
}
