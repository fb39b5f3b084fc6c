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
}
