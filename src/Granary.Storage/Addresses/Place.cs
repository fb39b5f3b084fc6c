using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Storage.Addresses;

/// <summary>Parses the addresses that callers write, with a folder for relative paths and the paths that are allowed.</summary>
/// <param name="Folder">Folder to which relative paths are resolved.</param>
/// <param name="Confinement">null = they may lead anywhere.</param>
internal sealed record Place(string Folder, Confinement? Confinement = null)
{
    /// <summary>Parses an address and checks that it is permitted.</summary>
    /// <exception cref="BarDataException">The text is not an address, or it leads outside; one sentence, without secrets.</exception>
    public Address Address(string text)
    {
        var address = Addresses.Address.Parse(text, Folder, Confinement);
        Confinement?.Demand(address);
        return address;
    }

    /// <summary>The files that the callers may use.</summary>
    public PermittedFiles Files => Confinement?.Files ?? PermittedFiles.All;

    /// <summary>The base folder as it is stored: a confined server's is relative to its data folder.</summary>
    public string KeptFolder => Confinement?.Kept(Folder) ?? Folder;

    /// <summary>The same confinement with another base folder.</summary>
    /// <param name="folder">Relative to the current base folder.</param>
    /// <exception cref="BarDataException">The folder lies outside the permitted ones.</exception>
    public Place Within(string folder)
    {
        if (folder.Any(char.IsControl)) throw new BarDataException("a folder has a control character in its name; write its path");
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(Folder, folder));
        path = Confinement?.Resolve(path) ?? path;
        Confinement?.Demand(folder, path);
        return this with { Folder = path };
    }
}
