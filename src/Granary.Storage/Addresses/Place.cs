using Granary.Engine.Market;

namespace Granary.Storage.Addresses;

/// <summary>What the addresses in a text start from, and where they may lead. It makes addresses of the texts of callers.</summary>
/// <param name="Folder">What relative paths are relative to.</param>
/// <param name="Confinement">null = they may lead anywhere.</param>
public sealed record Place(string Folder, Confinement? Confinement = null)
{
    /// <summary>Reads an address.</summary>
    /// <exception cref="BarDataException">The text is none, or it leads out; one sentence, without secrets.</exception>
    public Address Address(string text)
    {
        var address = Addresses.Address.Parse(text, Folder, Confinement);
        Confinement?.Demand(address);
        return address;
    }

    /// <summary>The same place in another folder.</summary>
    /// <param name="folder">Relative to this one.</param>
    /// <exception cref="BarDataException">It leads out.</exception>
    public Place Within(string folder)
    {
        if (folder.Any(char.IsControl)) throw new BarDataException("a folder has a control character in its name; write its path");
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(Folder, folder));
        Confinement?.Demand(folder, path);
        return this with { Folder = path };
    }
}
