using System.Text;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Storage.Addresses;

/// <summary>Restricts the addresses of a server's callers to the server's data folder and to allowed sources.</summary>
/// <remarks>
/// It is also the rule of the paths that a confined server stores and shows. They are relative to its data folder, so no file and no
/// answer says where that folder is, and the folder can be moved.
/// </remarks>
/// <param name="Folder">The data folder.</param>
/// <param name="AllowedSources">
/// Schemes, such as <c>postgres</c>, and prefixes of addresses, such as <c>postgres://db.local/bars</c>, that are allowed too.
/// </param>
internal sealed record Confinement(string Folder, IReadOnlyList<string> AllowedSources)
{
    /// <summary>The name by which callers know <see cref="Samples"/>, as if it were in the data folder.</summary>
    public const string SamplesName = ".samples";

    /// <summary>The name of <see cref="Runs"/> in messages.</summary>
    private const string RunsName = "runs";

    /// <summary>
    /// The operator's own stores outside of the data folder, as <see cref="Address.Kept"/>: the server's files may name them, callers may
    /// not.
    /// </summary>
    public IReadOnlyList<string> Stores { get; init; } = [];

    /// <summary>
    /// Whether texts may name no other file and no other address than their sources of bars. The text of a caller with a holdout
    /// is read so, because a holdout cuts bars alone.
    /// </summary>
    public bool OnlyMarkets { get; init; }

    /// <summary>The folder of the server's runs; null if there is none.</summary>
    public string? Runs { get; init; }

    /// <summary>
    /// The folder of the bars of the server's own sample batch, which callers may read too; null if there is none. It is in the folder of
    /// the runs, because the data folder may be read-only, and because all silos share the runs.
    /// </summary>
    public string? Samples => Runs is null ? null : SamplesIn(Runs);

    /// <summary>The files that callers may use.</summary>
    public PermittedFiles Files => Samples is { } samples ? PermittedFiles.In(Folder, samples) : PermittedFiles.In(Folder);

    /// <summary>Returns the folder of the sample batch's bars.</summary>
    public static string SamplesIn(string runs) => Path.Combine(Path.GetFullPath(runs), SamplesName);

    /// <summary>Returns the path as it is stored and shown: relative to the data folder if it is in it, otherwise unchanged.</summary>
    public string Kept(string path)
    {
        foreach (var (folder, name) in Known)
            if (path == folder) return name;
            else if (path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                return (name == "." ? "" : name + "/") + path[(folder.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/');
        return path;
    }

    /// <summary>Returns a sentence in which the paths of the server's folders are as <see cref="Kept"/> stores them.</summary>
    public string Shown(string sentence)
    {
        foreach (var (folder, name) in Known) sentence = Shown(sentence, folder, name);
        return sentence;
    }

    private static string Shown(string sentence, string folder, string name)
    {
        var shown = new StringBuilder();
        var done = 0;
        for (int at; (at = sentence.IndexOf(folder, done, StringComparison.Ordinal)) >= 0;)
        {
            var end = at + folder.Length;
            shown.Append(sentence, done, at - done);
            done = end;
            if (!IsWhole(sentence, at, end)) shown.Append(folder);
            else if (end == sentence.Length || sentence[end] is not ('/' or '\\')) shown.Append(name);
            else
            {
                if (name != ".") shown.Append(name).Append('/');
                done++;
            }
        }
        return shown.Append(sentence, done, sentence.Length - done).ToString();
    }

    // Whole names only: in /home/data/x and /database, a folder /data is not the server's. A point may end the sentence.
    private static bool IsWhole(string sentence, int start, int end) =>
        (start == 0 || !IsOfName(sentence[start - 1]) && sentence[start - 1] != '.')
        && (end == sentence.Length || !IsOfName(sentence[end])
            && (sentence[end] != '.' || end + 1 == sentence.Length || !IsOfName(sentence[end + 1])));

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '-';

    /// <summary>The place of a text whose relative paths start from a folder, which may itself be relative to the data folder.</summary>
    public Place PlaceOf(string folder) => new(Resolve(Path.GetFullPath(folder, Path.GetFullPath(Folder))), this);

    /// <summary>
    /// Parses an address of the operator, which may lead anywhere. In the data folder it is the same address as a caller's.
    /// </summary>
    public Address OfOperator(string text)
    {
        var address = Address.Parse(text);
        return address.Path is { } path && PermittedFiles.In(Folder).Holds(path) ? Address.Parse(address.Full, null, this) : address;
    }

    /// <summary>Returns the full path of one that may be in <see cref="Samples"/> by its name.</summary>
    internal string Resolve(string path)
    {
        if (Samples is not { } samples) return path;
        var named = Path.Combine(Path.GetFullPath(Folder), SamplesName);
        return path == named ? samples : path.StartsWith(named + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? samples + path[named.Length..] : path;
    }

    // Longer paths first, because a folder may be in another one.
    private IEnumerable<(string Folder, string Name)> Known => new (string Folder, string Name)[]
    {
        (Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)), "."),
        (Runs is null ? "" : Path.TrimEndingDirectorySeparator(Path.GetFullPath(Runs)), RunsName),
        (Samples ?? "", SamplesName),
    }.Where(f => f.Folder.Length > 0).OrderByDescending(f => f.Folder.Length);

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

    private bool Holds(string path) => Files.Holds(path);

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
