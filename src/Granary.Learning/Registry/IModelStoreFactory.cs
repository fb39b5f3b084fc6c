using Granary.Engine;
using Granary.Storage.Addresses;

namespace Granary.Learning.Registry;

/// <summary>Opens stores of models; a class with a <see cref="ModelStoreAttribute"/>.</summary>
public interface IModelStoreFactory
{
    /// <param name="address">Its scheme is that of the attribute.</param>
    /// <exception cref="InputException">The address is wrong, or its server does not answer; one sentence.</exception>
    IModelStore Open(Address address);
}
