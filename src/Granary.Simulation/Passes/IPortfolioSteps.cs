using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Simulation.Passes;

/// <summary>Receives the inputs of a portfolio, time slice by time slice, in one total order.</summary>
internal interface IPortfolioSteps
{
    /// <summary>Returns the index of a symbol among the instruments.</summary>
    int SymbolIndex(string symbol);

    /// <summary>Called for the next event of a strategy.</summary>
    /// <param name="isWithin">Whether it happened within a bar that closes now. Such events come before the bars.</param>
    void Take(int strategy, in RunEvent e, bool isWithin);

    /// <summary>Called when a bar has closed.</summary>
    /// <param name="index">The bar's index in the block.</param>
    void Close(int symbol, Timeframe timeframe, BarBlock block, int index);

    /// <summary>Called when all bars of a time slice have closed.</summary>
    /// <param name="stamp">Open time of the bars that closed, UTC ticks; <see cref="long.MinValue"/> if none did.</param>
    /// <param name="timestamp">Close time of these bars, UTC ticks.</param>
    /// <returns>Whether the time slice has its own row. The caller closes such a row after its signals are decided.</returns>
    bool OpenRow(long stamp, long timestamp);

    /// <summary>Called when all signals of the row are decided.</summary>
    void CloseRow(long stamp);
}
