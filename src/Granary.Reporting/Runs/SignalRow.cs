using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Reporting.Runs;

/// <summary>A signal, what the portfolio said to it, and how it ended in its strategy's own account.</summary>
/// <param name="Trade">The simulated outcome; null where it opened no trade.</param>
/// <param name="End">Reason, if there is no trade.</param>
internal sealed record SignalRow(Signal Signal, Decision Decision, Trade? Trade, SignalEnd? End, IReadOnlyList<double> Factors)
{
    /// <summary>Its trade's position in the order of closing within the strategy, from 1; 0 if no trade was closed.</summary>
    public int Closing { get; init; }

    /// <summary>Index of the signal's symbol among the strategy's symbols; 0 if it has one.</summary>
    public int SymbolIndex { get; init; }
}
