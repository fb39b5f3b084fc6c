using System.Text.Json;
using Granary.Application.Json;
using Granary.Storage.Addresses;
using Granary.Storage.Files;

namespace Granary.Application.Access;

/// <summary>Keeps what callers of a server name within the server's data folder and the sources that it allows.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="AllowedSources">
/// Schemes, as <c>postgres</c>, and beginnings of addresses, as <c>postgres://db.local/bars</c>, that may be named besides.
/// </param>
public sealed record Confinement(string Folder, IReadOnlyList<string> AllowedSources)
{
    // The keys of batches, configurations and jobs whose values are files, folders or addresses.
    private static readonly string[] s_keys = ["source", "registry", "panel", "universe", "files", "store"];

    /// <summary>Looks at every address of a batch, a configuration or a job, before any of them is opened.</summary>
    /// <param name="folder">What relative paths in it are relative to.</param>
    /// <exception cref="InputException">One leads out.</exception>
    public void Check(JsonPart root, string folder)
    {
        // A part of several sources, and a configuration, may name a folder that their relative paths start from.
        if (root.Kind == JsonValueKind.Object && root.Find("folder") is { Kind: JsonValueKind.String } own)
        {
            if (!Admits(own.Text, folder)) throw own.Fault(Sentence(own.Text));
            folder = Path.Combine(folder, own.Text);
        }
        foreach (var (key, value) in root.Members)
        {
            var isIndexFile = key == "index" && root.Find("universe") is not null;
            if (isIndexFile || s_keys.Contains(key, StringComparer.Ordinal))
            {
                foreach (var address in value.OneOrMany().Where(v => v.Kind == JsonValueKind.String))
                    if (!Admits(address.Text, folder))
                        throw address.Fault(Sentence(address.Text));
            }
            Check(value, folder);
        }
        foreach (var item in root.Items) Check(item, folder);
    }

    /// <summary>Looks at an address outside of a JSON text.</summary>
    /// <param name="option">What it is the value of, for the message.</param>
    /// <exception cref="InputException">It leads out.</exception>
    public void Check(string option, string address, string folder)
    {
        if (!Admits(address, folder)) throw new InputException($"{option}: {Sentence(address)}");
    }

    private static string Sentence(string address) =>
        $"'{Address.Parse(address).Shown}' leads out of the server's data folder, to which this "
        + "server confines its callers; name a folder within it, or ask for --allow-source";

    /// <summary>Whether an address is a file or folder within the data folder, bars that are generated, or an allowed source.</summary>
    private bool Admits(string text, string folder)
    {
        var address = Address.Parse(text);
        if (address.Scheme == Address.Generated) return true;
        if (address.IsFolder || address.Scheme.Length == 0)
            return RealPath.IsWithin(Path.Combine(folder, address.Rest), Folder);
        return AllowedSources.Any(allowed => Allows(allowed, address));
    }

    private static bool Allows(string allowed, Address address)
    {
        if (!allowed.Contains(':', StringComparison.Ordinal)) return address.Scheme == allowed;
        var text = address.ToString();
        return text.StartsWith(allowed, StringComparison.Ordinal)
            && (text.Length == allowed.Length || allowed[^1] == '/' || text[allowed.Length] is '/' or '?');
    }
}
