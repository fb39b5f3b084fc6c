using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Storage.Addresses;

/// <summary>Restricts the addresses of a server's callers to the server's data folder and to allowed sources.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="AllowedSources">
/// Schemes, such as <c>postgres</c>, and prefixes of addresses, such as <c>postgres://db.local/bars</c>, that are allowed too.
/// </param>
public sealed record Confinement(string Folder, IReadOnlyList<string> AllowedSources)
{
    /// <exception cref="BarDataException">The address lies outside.</exception>
    public void Demand(Address address)
    {
        if (!Admits(address)) throw Fault(address.ToString());
    }

    /// <param name="text">The folder as it was written.</param>
    /// <param name="path">The full path of the folder.</param>
    /// <exception cref="BarDataException">The folder lies outside.</exception>
    public void Demand(string text, string path)
    {
        if (!Holds(path)) throw Fault(text);
    }

    private static BarDataException Fault(string shown) => new(
        $"'{shown}' leads out of the server's data folder, to which this server confines its callers; name a folder within it, or ask for "
        + "--allow-source");

    // Servers and schemes of plug-ins must be allowed, and so must a server that the address redirects to.
    private bool Admits(Address address)
    {
        if (address.Keep is { } store && !Admits(store)) return false;
        if (address.Path is { } path) return Holds(path);
        if (address.Scheme != Address.Generated && !AllowedSources.Any(allowed => Allows(allowed, address))) return false;
        return address.Given.Where(o => o.Name == "endpoint").All(o => Admits(Address.Parse(o.Value, address.Folder)));
    }

    // Cyclic links, and links that the server may not read, count as outside.
    internal bool Holds(string path)
    {
        try
        {
            return RealPath.IsWithin(path, Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Allows(string allowed, Address address)
    {
        if (!allowed.Contains(':', StringComparison.Ordinal)) return address.Scheme == allowed;
        var text = address.Written;
        return text.StartsWith(allowed, StringComparison.Ordinal)
            && (text.Length == allowed.Length || allowed[^1] == '/' || text[allowed.Length] is '/' or '?');
    }
}
