using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>The folder in an address.</summary>
internal static class SourceFolder
{
    /// <exception cref="BarDataException">The address names none.</exception>
    public static string Of(Address address) => address is { Rest.Length: > 0, Path: { } folder } ? folder
        : throw new BarDataException($"source: '{address}' names no folder; write {address.Scheme}:DIR");
}
