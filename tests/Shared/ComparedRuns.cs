using System.Text.RegularExpressions;

namespace Granary.Testing;

/// <summary>
/// Compares the folders of two runs of one batch to the last byte. Only the time of a run, its duration, its name and its host may differ.
/// </summary>
internal static partial class ComparedRuns
{
    [GeneratedRegex("""("(created|seconds|elapsedSeconds|run|host)": ?)("[^"]*"|[0-9.Ee+-]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Facts();

    [GeneratedRegex(@"bar evaluations in [^,<]*")]
    private static partial Regex Duration();

    /// <summary>Returns what differs, a line for each file; empty for equal runs.</summary>
    public static string Differences(string whole, string other)
    {
        var names = NamesIn(whole).Union(NamesIn(other), StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return string.Join('\n', names.Select(n => DifferenceOf(n, Path.Combine(whole, n), Path.Combine(other, n))).OfType<string>());
    }

    private static IEnumerable<string> NamesIn(string folder) =>
        Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f));

    private static string? DifferenceOf(string name, string whole, string other)
    {
        if (Directory.Exists(whole) && Directory.Exists(other)) return null;
        if (!File.Exists(whole)) return $"{name} is there and should not be";
        if (!File.Exists(other)) return $"{name} is missing";
        if (File.ReadAllBytes(whole).AsSpan().SequenceEqual(File.ReadAllBytes(other))) return null;
        if (Path.GetExtension(name) is not (".json" or ".html")) return $"{name} differs";
        var (a, b) = (Known(File.ReadAllText(whole)), Known(File.ReadAllText(other)));
        if (a == b) return null;
        var at = Enumerable.Range(0, Math.Min(a.Length, b.Length)).FirstOrDefault(i => a[i] != b[i], Math.Min(a.Length, b.Length));
        return $"{name} differs at {at}: {Around(a, at)} / {Around(b, at)}";
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 60)];

    private static string Known(string text) => Duration().Replace(Facts().Replace(text, "$1"), "");
}
