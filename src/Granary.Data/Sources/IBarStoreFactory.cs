using Granary.Data.Stores;
using Granary.Engine.Market;

namespace Granary.Data.Sources;

/// <summary>Opens the bar stores of one scheme: what stands in front of the colon of <c>--store</c>.</summary>
/// <remarks>A plug-in gives the class a <see cref="BarStoreAttribute"/> and a constructor without parameters.</remarks>
public interface IBarStoreFactory
{
    /// <param name="address">As the user wrote it, scheme included.</param>
    /// <exception cref="BarDataException">The address is wrong; one sentence.</exception>
    IBarStore Open(string address);
}
