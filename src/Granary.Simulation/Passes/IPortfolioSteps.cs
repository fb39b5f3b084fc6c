using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Simulation.Passes;

/// <summary>What a portfolio is given, time slice by time slice, in one total order.</summary>
public interface IPortfolioSteps
{
    /// <summary>The number of a symbol among the instruments.</summary>
    int SymbolIndex(string symbol);

    /// <summary>A bar has closed.</summary>
    void Mark(int symbol, in Bar bar);

    /// <summary>All closes of a time slice are marked.</summary>
    /// <param name="stamp">Open time of the bars that closed, UTC ticks; <see cref="long.MinValue"/> where none did.</param>
    /// <param name="timestamp">When they closed, UTC ticks.</param>
    /// <returns>Whether the time slice has a row of its own, which is then to be closed when its signals are decided.</returns>
    bool OpenRow(long stamp, long timestamp);

    /// <summary>The next event of a strategy.</summary>
    void Take(int strategy, in RunEvent e);

    /// <summary>The signals of the row are decided.</summary>
    void CloseRow(long stamp);
}
