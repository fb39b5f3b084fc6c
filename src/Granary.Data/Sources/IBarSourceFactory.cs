using Granary.Engine.Market;

namespace Granary.Data.Sources;

/// <summary>Opens the bar sources of one scheme, the part of <c>data.source</c> before the colon.</summary>
/// <remarks>A plug-in gives the class a <see cref="BarSourceAttribute"/> and a constructor without parameters.</remarks>
public interface IBarSourceFactory
{
    /// <summary>Opens a source. Whether it has a market is checked when that market is opened.</summary>
    /// <exception cref="BarDataException">The address is invalid. The message is one sentence.</exception>
    IBarSource Open(BarSourceRequest request);
}
