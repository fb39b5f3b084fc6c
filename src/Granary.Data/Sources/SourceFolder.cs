using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>The folder in an address.</summary>
internal static class SourceFolder
{
    /// <exception cref="BarDataException">The address names none.</exception>
    public static string Of(BarSourceRequest request)
    {
        var address = Address.Parse(request.Address);
        if (address.Rest.Length == 0) throw new BarDataException(
            $"source: '{request.Address}' names no folder; write {address.Scheme}:DIR");
        return request.Folder is null ? address.Rest : address.PlacedIn(request.Folder).Rest;
    }
}
