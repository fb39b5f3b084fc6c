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
    /// <summary>The folder of the bars of the server's own sample batch, which callers may read too; null if there is none.</summary>
    public string? Samples { get; init; }

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

    // Servers and schemes of plug-ins must be allowed, and so must a server that the address redirects to: by its host, since its scheme
    // alone is allowed for the servers of the exchanges.
    private bool Admits(Address address)
    {
        if (address.Keep is { } store && !Admits(store)) return false;
        if (address.Path is { } path) return Holds(path);
        if (address.Scheme != Address.Generated && !AllowedSources.Any(allowed => Allows(allowed, address))) return false;
        return address.Given.Where(o => o.Name == "endpoint").All(o => AllowedSources.Any(allowed => !IsScheme(allowed)
            && Allows(allowed, Address.Parse(o.Value, address.Folder))));
    }

    // Cyclic links, and links that the server may not read, count as outside.
    internal bool Holds(string path)
    {
        try
        {
            return RealPath.IsWithin(path, Folder) || Samples is not null && RealPath.IsWithin(path, Samples);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsScheme(string allowed) => !allowed.Contains(':', StringComparison.Ordinal);

    // Compares the parts with which the address is opened, not its text: one place can be written in many ways.
    private static bool Allows(string allowed, Address address)
    {
        if (IsScheme(allowed)) return address.Scheme == Address.Parse(allowed + ":").Scheme;
        return Target.Of(Address.Parse(allowed)) is { } one && Target.Of(address) is { } other && one.Covers(other);
    }

    // The server of an address with port and user, and a path on it.
    private sealed record Target(string Scheme, string Server, string User, string Path)
    {
        // Granary reads one path of these servers. Those of plug-ins may have folders.
        private bool HasFolders => Scheme is not (Address.Postgres or Address.QuestDb or Address.Kafka or Address.WebSocket);

        public bool Covers(Target other) => (Scheme, Server, User) == (other.Scheme, other.Server, other.User)
            && (Path.Length == 0 || Path == other.Path
                || HasFolders && other.Path.StartsWith(Path + "/", StringComparison.Ordinal));

        /// <summary>The target of an address; null if the text does not show what the address opens.</summary>
        public static Target? Of(Address address)
        {
            var body = address.Body;
            // A list of brokers is not a host. Broker and topic have no characters with two spellings.
            if (address.Scheme == Address.Kafka)
                return body.Split('/', 2) is [var brokers, var topic] ? new Target(address.Scheme, brokers.ToLowerInvariant(), "", topic)
                    : new Target(address.Scheme, body.ToLowerInvariant(), "", "");
            if (!address.Rest.StartsWith(Address.Slashes, StringComparison.Ordinal))
                return IsPlain(body) ? new Target(address.Scheme, "", "", body.TrimEnd('/')) : null;
            try
            {
                var server = ServerAddress.Of(address, [.. address.Given.Select(o => o.Name)]);
                // A plug-in may read the text of the address in its own way.
                if (address.Scheme is not (Address.Postgres or Address.QuestDb) && !IsPlain(body)) return null;
                var port = server.Port ?? (address.Scheme == Address.Postgres ? 5432 : address.Scheme == Address.QuestDb ? 9000 : 0);
                var further = string.Concat(server.Options.Where(o => o.Key is "pg" or "ilp").OrderBy(o => o.Key, StringComparer.Ordinal)
                    .Select(o => $" {o.Key}={o.Value}"));
                return new Target(address.Scheme, $"{server.Host}:{port}{further}", server.User ?? "", server.Path);
            }
            catch (BarDataException)
            {
                return null;
            }
        }

        private static bool IsPlain(string path) => !path.ContainsAny('%', '\\')
            && !path.Split('/').Any(part => part is "." or "..");
    }
}
