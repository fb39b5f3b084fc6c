using Granary.Engine.Market;

namespace Granary.Storage.Addresses;

/// <summary>
/// Where bars, models or journals are, as batch files, the command line and the API write it: <c>csv:DIR</c>, <c>store:DIR</c>,
/// <c>postgres://…</c>, <c>questdb://…</c>, <c>kafka://…</c>, <c>ws:EXCHANGE</c>, <c>generated:…</c>, the scheme of a plug-in, or a plain
/// folder.
/// </summary>
/// <param name="Scheme">In front of the colon; empty for a plain folder. <c>postgresql</c> is read as <c>postgres</c>.</param>
/// <param name="Rest">Behind the colon, as written.</param>
public sealed record Address(string Scheme, string Rest)
{
    public const string Csv = "csv", Store = "store", Postgres = "postgres", QuestDb = "questdb", Kafka = "kafka", WebSocket = "ws",
        Generated = "generated";

    private const string Slashes = "//";

    /// <summary>Takes an address apart. Every text is one: what has no scheme is a folder.</summary>
    public static Address Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // A single letter is a drive of Windows.
        if (colon < 2 || !text.AsSpan(0, colon).IsScheme()) return new Address("", text);
        var scheme = text[..colon];
        return new Address(scheme == "postgresql" ? Postgres : scheme, text[(colon + 1)..]);
    }

    /// <summary>Whether a text has this scheme.</summary>
    public static bool Has(string? text, string scheme) => text is not null && Parse(text).Scheme == scheme;

    /// <summary>Whether it names files in a folder, so that it may be relative.</summary>
    public bool IsFolder => Scheme is Csv or Store;

    /// <summary>The rest without the slashes of a server and without options.</summary>
    public string Body
    {
        get
        {
            if (IsFolder || Scheme.Length == 0) return Rest;
            var start = Rest.StartsWith(Slashes, StringComparison.Ordinal) ? Slashes.Length : 0;
            var question = Rest.IndexOf('?', StringComparison.Ordinal);
            return question < start ? Rest[start..] : Rest[start..question];
        }
    }

    /// <summary>The same address with its folder as a full path; other addresses stay as they are.</summary>
    /// <param name="folder">What a relative folder is relative to.</param>
    public Address PlacedIn(string folder) => IsFolder ? this with { Rest = Path.GetFullPath(Path.Combine(folder, Rest)) } : this;

    /// <summary>The options behind the question mark by their names.</summary>
    /// <param name="known">The names that may stand there.</param>
    /// <exception cref="BarDataException">An option is not known; one sentence, without the password.</exception>
    public IReadOnlyDictionary<string, string> Options(IReadOnlyList<string> known)
    {
        var question = IsFolder || Scheme.Length == 0 ? -1 : Rest.IndexOf('?', StringComparison.Ordinal);
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        if (question < 0) return given;
        foreach (var pair in Rest[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            if (!known.Contains(name))
                throw new BarDataException(
                    $"'{Hidden}': there is no option '{name}'; "
                        + (Spelling.Nearest(name, known) is { } nearest ? $"did you mean {nearest}?" : $"use {string.Join(", ", known)}"));
            given[name] = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
        }
        return given;
    }

    /// <summary>The address as written.</summary>
    public override string ToString() => Scheme.Length == 0 ? Rest : $"{Scheme}:{Rest}";

    /// <summary>As written without the password, which stands between the user's colon and the last @; for messages and files.</summary>
    public string Shown
    {
        get
        {
            var at = Rest.LastIndexOf('@');
            var colon = at > Slashes.Length && Rest.StartsWith(Slashes, StringComparison.Ordinal)
                ? Rest.IndexOf(':', Slashes.Length, at - Slashes.Length) : -1;
            return colon < 0 ? ToString() : $"{Scheme}:{Rest[..colon]}{Rest[at..]}";
        }
    }

    /// <summary>As written, without anything in front of the last @: for a text that may be no address at all.</summary>
    internal string Hidden
    {
        get
        {
            var at = Rest.LastIndexOf('@');
            return at > 0 && Rest.StartsWith(Slashes, StringComparison.Ordinal) ? $"{Scheme}://…{Rest[at..]}" : ToString();
        }
    }
}

file static class SchemeText
{
    public static bool IsScheme(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '+' or '.'))
                return false;
        return true;
    }
}
