using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Storage.Addresses;

/// <summary>
/// Address of bars, models or journals, as in batch files, the command line and the API. It is the plain path of a file or folder, or has
/// a scheme: csv:DIR, parquet:DIR, store:DIR, postgres://…, questdb://…, kafka://…, ws:EXCHANGE, generated:…, or that of a plug-in.
/// </summary>
/// <remarks>
/// All code that opens files or servers takes an address and opens only its <see cref="Path"/>, so <see cref="Confinement"/> checks the
/// same path that is opened.
/// </remarks>
public sealed record Address
{
    public const string Csv = "csv", Parquet = "parquet", Store = "store", Postgres = "postgres", QuestDb = "questdb", Kafka = "kafka", WebSocket = "ws",
        Generated = "generated";

    /// <summary>The scheme of a plain path.</summary>
    public const string Plain = "";

    internal const string Slashes = "//";

    private const string KeepOption = "keep=";

    private readonly string _folder;
    private readonly Confinement? _confinement;
    private bool _isKept;

    private Address(string scheme, string rest, string folder, Confinement? confinement) =>
        (Scheme, Rest, _folder, _confinement) = (scheme, rest, folder, confinement);

    /// <summary>The part before the colon, in lower case; empty for a plain path. <c>postgresql</c> is read as <c>postgres</c>.</summary>
    public string Scheme { get; }

    /// <summary>The part after the colon, as written.</summary>
    public string Rest { get; }

    /// <summary>
    /// Parses an address that an operator or another address wrote. For the texts of callers use <see cref="Place"/>, which confines them.
    /// </summary>
    /// <param name="text">Without a scheme it is a path. <c>./NAME</c> is a path too where the name looks like a scheme.</param>
    /// <param name="folder">Folder to which a relative path is resolved; null for the current folder.</param>
    /// <exception cref="BarDataException">The text has control characters, which no path and no server has.</exception>
    public static Address Parse(string text, string? folder = null) => Parse(text, folder, null);

    internal static Address Parse(string text, string? folder, Confinement? confinement)
    {
        text = text.Trim();
        if (text.Any(char.IsControl))
            throw new BarDataException("an address has a control character in it; write a path, or a scheme, a colon and what follows");
        folder ??= "";
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // A single letter is a Windows drive.
        if (colon < 2 || !text.AsSpan(0, colon).IsScheme())
        {
            var path = new Address(Plain, text, folder, confinement);
            return HasUser(text) ? throw new BarDataException($"'{path}' has a user and a password and no scheme; write "
                + "SCHEME://USER:PASSWORD@HOST/NAME, or ./NAME if it is a path") : path;
        }
        var (scheme, rest) = (text[..colon].ToLowerInvariant(), text[(colon + 1)..]);
        var keep = rest.LastIndexOf(KeepOption, StringComparison.Ordinal) is > 0 and var at && rest[at - 1] is '?' or '&' ? at : -1;
        return new Address(scheme == "postgresql" ? Postgres : scheme, keep < 0 ? rest : rest[..(keep - 1)], folder, confinement)
        {
            Keep = keep < 0 ? null : Parse(rest[(keep + KeepOption.Length)..], folder, confinement),
        };
    }

    // A server's address whose scheme is misspelled, as postgres//USER:PASSWORD@HOST. As a path it would be stored and shown as it is.
    private static bool HasUser(string text)
    {
        var at = text.LastIndexOf('@');
        return at > 0 && text.AsSpan(0, at).Contains(':') && text[0] is not '.'
            && (text[0] is not '/' || text.StartsWith(Slashes, StringComparison.Ordinal));
    }

    /// <summary>The store to which the bars of a feed are saved, from <c>keep=</c>, which must be the last option; null for none.</summary>
    public Address? Keep { get; private init; }

    /// <summary>The feed without the store that it is saved to.</summary>
    public Address WithoutKeep => this with { Keep = null };

    /// <summary>The full path of the file or folder that the address opens; null for a server, generated bars and plug-ins.</summary>
    public string? Path
    {
        get
        {
            if (!IsFolder && Scheme.Length > 0) return null;
            var full = System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetFullPath(Folder), Rest));
            return _confinement?.Resolve(full) ?? full;
        }
    }

    /// <summary>Folder to which a relative path is resolved.</summary>
    public string Folder => _folder.Length == 0 ? "." : _folder;

    /// <summary>
    /// The files that the caller who wrote the address may use. A link in the address's folder may lead out of the permitted ones.
    /// </summary>
    public PermittedFiles Files => _confinement?.Files ?? PermittedFiles.All;

    /// <summary>Whether the address names files in a folder, or one file.</summary>
    public bool IsFolder => Scheme is Csv or Parquet or Store;

    /// <summary>Whether the address names a PostgreSQL database.</summary>
    public bool IsDatabase => Scheme == Postgres;

    /// <summary>
    /// The second half of the sentence that refuses the address in a program without the package that opens it, with the remedy; null if no
    /// package is needed.
    /// </summary>
    public string? MissingPackage
    {
        get
        {
            var package = Scheme switch
            {
                Postgres => "Granary.Postgres",
                QuestDb => "Granary.QuestDb",
                Parquet => "Granary.Parquet",
                Kafka => "Granary.Kafka",
                _ => null,
            };
            return package is null ? null
                : $"this program does not open {Scheme}: addresses; add the package {package} to it, and its assembly to the catalogues";
        }
    }

    /// <summary>The rest without the leading slashes of a server and without options.</summary>
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

    /// <summary>The options after the question mark, as written.</summary>
    internal IEnumerable<(string Name, string Value)> Given
    {
        get
        {
            var question = IsFolder || Scheme.Length == 0 ? -1 : Rest.IndexOf('?', StringComparison.Ordinal);
            return question < 0 ? [] : Rest[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals
                    ? (pair[..equals], Uri.UnescapeDataString(pair[(equals + 1)..])) : (pair, ""));
        }
    }

    /// <summary>The options after the question mark, by name.</summary>
    /// <param name="known">The permitted names.</param>
    /// <exception cref="BarDataException">An option is unknown; one sentence, without the password.</exception>
    public IReadOnlyDictionary<string, string> Options(IReadOnlyList<string> known)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Given)
        {
            if (!known.Contains(name))
                throw new BarDataException(Rest.LastIndexOf('@') > Rest.IndexOf('?', StringComparison.Ordinal)
                    // The question mark is part of a password.
                    ? $"'{this}' has an unknown option, or its password has a '?' that is not written as %3F; the options are "
                        + string.Join(", ", known)
                    : $"'{this}': there is no option '{name}'; "
                        + (Spelling.Nearest(name, known) is { } nearest ? $"did you mean {nearest}?" : $"use {string.Join(", ", known)}"));
            given[name] = value;
        }
        return given;
    }

    /// <summary>
    /// The address as a text that means the same from every folder. It includes the password: use it only between processes and in
    /// Granary's own files.
    /// </summary>
    public string Full => With(Path is { } path ? Scheme.Length == 0 ? path : $"{Scheme}:{path}" : Own, Keep?.Full);

    /// <summary>Parses a stored text (<see cref="Kept"/>), which stays as it is when the address is stored again.</summary>
    /// <remarks>A confined server opens it only after <see cref="Place.Address"/> has read it again.</remarks>
    /// <exception cref="BarDataException">The text has control characters.</exception>
    public static Address OfKept(string text) => Parse(text) with { _isKept = true };

    /// <summary>
    /// The address as a text for stored files and grain keys. Of a confined server it is relative to the data folder. Otherwise it is
    /// <see cref="Full"/>.
    /// </summary>
    public string Kept => _isKept ? Written : _confinement is not { } confinement ? Full
        : With(Path is { } path ? Scheme.Length == 0 ? confinement.Kept(path) : $"{Scheme}:{confinement.Kept(path)}" : Own, Keep?.Kept);

    /// <summary>The address as written. It includes the password.</summary>
    public string Written => With(Own, Keep?.Written);

    private string Own => Scheme.Length == 0 ? Rest : $"{Scheme}:{Rest}";

    private static string With(string own, string? keep) =>
        keep is null ? own : $"{own}{(own.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{KeepOption}{keep}";

    /// <summary>Removes the secrets of all addresses in a text, before the text is stored where others read it.</summary>
    public static string HideIn(string text) => Redaction.InText(text);

    /// <summary>The address as written, without its secrets: for messages, logs, tables and shared files.</summary>
    public override string ToString() => With(Redaction.Of(Own, Scheme.Length, Path is not null), Keep?.ToString());
}

file static class SchemeText
{
    public static bool IsScheme(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '+' or '.'))
                return false;
        return true;
    }
}
