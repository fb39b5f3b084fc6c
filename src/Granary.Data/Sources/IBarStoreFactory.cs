using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens the bar stores of one scheme: what stands in front of the colon of <c>--store</c>.</summary>
/// <remarks>A plug-in gives the class a <see cref="BarStoreAttribute"/> and a constructor without parameters.</remarks>
public interface IBarStoreFactory
{
    /// <exception cref="BarDataException">The address is wrong; one sentence.</exception>
    IBarStore Open(Address address);
}
