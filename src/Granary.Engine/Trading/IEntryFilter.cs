using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>
/// The model beside one strategy run. It judges entries, and receives the events of the strategy's own account: the signals that followed
/// from them, with its advice, and the trades. A signal that it was not asked about has no prediction.
/// </summary>
internal interface IEntryFilter : IRunListener
{
    /// <summary>The next block of the feed; every block, in order.</summary>
    void Bind(BarBlock block, FactorSheet sheet);

    /// <summary>Judges an entry made at the close of a bar of the bound block. Allocates nothing.</summary>
    EntryAdvice Advise(int index, Side side);
}
