using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>An address of a server, taken apart: SCHEME://USER:PASSWORD@HOST:PORT/PATH?name=value.</summary>
internal sealed record ServerAddress(string Scheme, string Host, int? Port, string? User, string? Password, string Path, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>The address without its password, for sentences.</summary>
    public string Shown => $"{Scheme}://{(User is null ? "" : User + "@")}{Host}{(Port is { } p ? ":" + p.ToString(CultureInfo.InvariantCulture) : "")}{(Path.Length > 0 ? "/" + Path : "")}";

    /// <param name="options">The names that may stand behind the question mark.</param>
    /// <exception cref="BarDataException">It is none; one sentence, without the password.</exception>
    public static ServerAddress Parse(string text, string[] options)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.Fragment.Length > 0)
            throw new BarDataException($"'{Hide(text)}' is no address; write {text.Split(':')[0]}://USER:PASSWORD@HOST:PORT/NAME");
        string? user = null, password = null;
        if (uri.UserInfo.Length > 0)
        {
            var colon = uri.UserInfo.IndexOf(':');
            user = Uri.UnescapeDataString(colon < 0 ? uri.UserInfo : uri.UserInfo[..colon]);
            if (colon >= 0) password = Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]);
        }
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            if (!options.Contains(name))
                throw new BarDataException($"'{Hide(text)}': there is no option '{name}'; {(Spelling.Nearest(name, options) is { } nearest ? $"did you mean {nearest}?" : $"use {string.Join(", ", options)}")}");
            given[name] = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
        }
        return new ServerAddress(uri.Scheme, uri.Host, uri.IsDefaultPort || uri.Port < 0 ? null : uri.Port, user, password, Uri.UnescapeDataString(uri.AbsolutePath.Trim('/')), given);
    }

    // What stands between the scheme and the last @ may be a password.
    private static string Hide(string text)
    {
        var at = text.LastIndexOf('@');
        var start = text.IndexOf("://", StringComparison.Ordinal);
        return at > 0 && start > 0 && at > start ? text[..(start + 3)] + "…" + text[at..] : text;
    }
}
