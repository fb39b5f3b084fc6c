using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>The model beside one strategy run.</summary>
public interface IEntryFilter
{
    /// <summary>The next block of the feed; every block, in order.</summary>
    void Bind(BarBlock block, FactorSheet sheet);

    /// <summary>Judges an entry made at the close of a bar of the bound block. Allocates nothing.</summary>
    EntryAdvice Advise(int index, Side side);

    /// <summary>The entry that was judged last became a signal.</summary>
    /// <param name="number">The number of the signal and of the trade that it may open, from 1.</param>
    void Signalled(int number)
    {
    }

    /// <summary>A signal ended without a trade.</summary>
    /// <param name="number">The number of the signal.</param>
    void Ended(int number)
    {
    }

    /// <summary>A trade of the strategy's own account was closed whole, also one whose signal was refused.</summary>
    /// <param name="number">The number of its signal.</param>
    /// <param name="netProfit">After commission and financing, in quote currency.</param>
    void Closed(int number, double netProfit)
    {
    }

    /// <summary>Reports a closed trade with its time.</summary>
    /// <param name="number">The number of its signal.</param>
    /// <param name="netProfit">After commission and financing, in quote currency.</param>
    /// <param name="time">Open time of the bar in which it was closed, UTC ticks.</param>
    void Closed(int number, double netProfit, long time) => Closed(number, netProfit);
}
