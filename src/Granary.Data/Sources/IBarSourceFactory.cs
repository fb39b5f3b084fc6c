using Granary.Engine.Market;

namespace Granary.Data.Sources;

/// <summary>Opens the bar sources of one scheme: what stands in front of the colon of <c>data.source</c>.</summary>
/// <remarks>A plug-in gives the class a <see cref="BarSourceAttribute"/> and a constructor without parameters.</remarks>
public interface IBarSourceFactory
{
    /// <summary>Opens a source. It finds out whether it has a market when that is opened.</summary>
    /// <exception cref="BarDataException">The address is wrong; one sentence.</exception>
    IBarSource Open(BarSourceRequest request);
}
