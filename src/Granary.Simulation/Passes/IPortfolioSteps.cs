using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Simulation.Passes;

/// <summary>Receives the inputs of a portfolio, time slice by time slice, in one total order.</summary>
internal interface IPortfolioSteps
{
    /// <summary>Returns the index of a symbol among the instruments.</summary>
    int SymbolIndex(string symbol);

    /// <summary>Called when a bar has closed.</summary>
    void Mark(int symbol, in Bar bar);

    /// <summary>Called when all closes of a time slice are marked.</summary>
    /// <param name="stamp">Open time of the bars that closed, UTC ticks; <see cref="long.MinValue"/> if none did.</param>
    /// <param name="timestamp">Close time of these bars, UTC ticks.</param>
    /// <returns>Whether the time slice has its own row. The caller closes such a row after its signals are decided.</returns>
    bool OpenRow(long stamp, long timestamp);

    /// <summary>Called for the next event of a strategy.</summary>
    void Take(int strategy, in RunEvent e);

    /// <summary>Called when all signals of the row are decided.</summary>
    void CloseRow(long stamp);
}
