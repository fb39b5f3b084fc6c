using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens the bar stores of one scheme, the part of <c>--store</c> before the colon.</summary>
/// <remarks>A plug-in gives the class a <see cref="BarStoreAttribute"/> and a constructor without parameters.</remarks>
public interface IBarStoreFactory
{
    /// <exception cref="BarDataException">The address is invalid. The message is one sentence.</exception>
    IBarStore Open(Address address);
}
