using System.Text.RegularExpressions;

namespace Granary.Storage.Addresses;

/// <summary>Removes the secrets from an address: the password before the last @, and the values of options that may be secret.</summary>
internal static partial class Redaction
{
    private const string Hidden = "…";

    // The values of these options are names, numbers or choices. The values of all other options may be secrets.
    private static readonly string[] s_harmless =
        ["account", "broker", "dataset", "form", "from", "group", "ilp", "partitions", "pg", "seed", "sslmode", "table", "timeout", "to",
            "topics"];

    // Its value is another address, which is redacted in turn.
    private const string Endpoint = "endpoint";

    /// <param name="text">The address as written.</param>
    /// <param name="scheme">The length of its scheme.</param>
    /// <param name="isPath">Whether it is the path of a file or folder.</param>
    public static string Of(string text, int scheme, bool isPath)
    {
        var question = QuestionOf(text);
        var body = Word().Replace(HideUser(question < 0 ? text : text[..question], scheme), $"$1={Hidden}");
        return question < 0 ? body : body + "?" + string.Join('&', text[(question + 1)..].Split('&').Select(o => Option(o, isPath)));
    }

    /// <summary>Removes the secrets from the addresses and connection strings inside a text.</summary>
    public static string InText(string text) => Word().Replace(
        Addressed().Replace(text, m => Of(m.Value, Math.Max(0, m.Value.IndexOf("://", StringComparison.Ordinal)), isPath: false)),
        $"$1={Hidden}");

    // The index where the options begin. A question mark before the last @ belongs to a password, unless the @ is in an option.
    private static int QuestionOf(string text)
    {
        var first = text.IndexOf('?', StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        if (first < 0 || at < first) return first;
        return text.AsSpan(first + 1).StartsWith(Endpoint + "=", StringComparison.Ordinal) ? first : text.IndexOf('?', at);
    }

    // A file pattern may contain question marks without any value after them.
    private static string Option(string option, bool isPath)
    {
        var equals = option.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return isPath ? option : Hidden;
        var name = option[..equals];
        if (name == Endpoint) return $"{name}={Address.Parse(Uri.UnescapeDataString(option[(equals + 1)..]))}";
        return s_harmless.Contains(name) && !option.Contains('@', StringComparison.Ordinal) ? option
            : $"{(option.Contains('@', StringComparison.Ordinal) ? Hidden : name)}={Hidden}";
    }

    // The user is shown in the form SCHEME://USER:PASSWORD@HOST. In any other form, all text before the @ may be secret.
    private static string HideUser(string text, int scheme)
    {
        var at = text.LastIndexOf('@');
        if (at < 0) return text;
        var start = scheme == 0 ? 0 : scheme + 1;
        if (string.CompareOrdinal(text, start, Address.Slashes, 0, Address.Slashes.Length) == 0)
        {
            var end = text.IndexOf(':', start + Address.Slashes.Length);
            return end < 0 || end > at ? text : text[..end] + text[at..];
        }
        return scheme > 0 || text.Contains(':', StringComparison.Ordinal) ? text[..start] + Hidden + text[at..] : text;
    }

    [GeneratedRegex(@"[^\s""'<>(){}\[\],;]+(://|@)[^\s""'<>(){}\[\]]*", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Addressed();

    // Finds secrets in texts that were meant as connection strings or have a misspelled scheme. The time of a match is proportional to the
    // length of the text. It has no limit, because a limit counts the time for which the process waits for a processor.
    [GeneratedRegex(@"\b(?<word>pass\w*|pwd|secret|token)\s*=[^;&]*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Word();
}
