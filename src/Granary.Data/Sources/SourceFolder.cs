using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Reads the folder from an address.</summary>
internal static class SourceFolder
{
    /// <exception cref="BarDataException">The address does not contain a folder.</exception>
    public static string Of(Address address) => address is { Rest.Length: > 0, Path: { } folder } ? folder
        : throw new BarDataException($"source: '{address}' names no folder; write {address.Scheme}:DIR");
}
