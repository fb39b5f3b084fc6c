using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;
using Granary.Engine;
using Granary.Engine.Market;

namespace Granary.Assistants.Content;

/// <summary>A page of the documentation.</summary>
/// <param name="Name">Its path in the folder docs without the extension.</param>
/// <param name="Summary">Its first sentence.</param>
/// <param name="Text">Markdown.</param>
internal sealed record DocumentPage(string Name, string Title, string Summary, string Text)
{
    public string Uri => DocumentPages.Prefix + Name;
}

/// <summary>The pages of the documentation that this assembly has.</summary>
internal static partial class DocumentPages
{
    public const string Prefix = "granary://docs/";

    private const string Folder = "docs/", End = ".md";

    private static readonly Lazy<IReadOnlyList<DocumentPage>> s_pages = new(() =>
        [.. typeof(DocumentPages).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(Read)]);

    private static readonly Lazy<FrozenDictionary<string, DocumentPage>> s_byName =
        new(() => All.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal));

    public static IReadOnlyList<DocumentPage> All => s_pages.Value;

    /// <summary>All pages with their titles and summaries, in the form of llms.txt.</summary>
    public static string Index => "# Granary\n\n> Backtests, trains and trades strategies.\n\n## Docs\n\n"
        + string.Concat(All.Select(p => $"- [{p.Title}]({p.Uri}): {p.Summary}\n"));

    /// <exception cref="InputException">There is no such page.</exception>
    public static DocumentPage Find(string name)
    {
        var wanted = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        if (wanted.EndsWith(End, StringComparison.Ordinal)) wanted = wanted[..^End.Length];
        return s_byName.Value.GetValueOrDefault(wanted) ?? throw new InputException($"there is no page '{name}' in the documentation; "
            + (Spelling.Nearest(wanted, All.Select(p => p.Name)) is { } near ? $"did you mean '{near}'?" : "read_docs without 'page' lists them"));
    }

    private static DocumentPage Read(string resource)
    {
        using var reader = new StreamReader(typeof(DocumentPages).Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var text = reader.ReadToEnd();
        var lines = text.Split('\n', StringSplitOptions.TrimEntries);
        var title = lines.FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal))?[2..] ?? resource;
        var paragraph = lines.SkipWhile(l => !l.StartsWith("# ", StringComparison.Ordinal)).Skip(1).FirstOrDefault(l => l.Length > 0) ?? "";
        var sentence = Link().Replace(paragraph, "${text}");
        var end = sentence.IndexOf(". ", StringComparison.Ordinal);
        return new DocumentPage(resource[Folder.Length..^End.Length], title, end < 0 ? sentence : sentence[..(end + 1)], text);
    }

    [GeneratedRegex(@"\[(?<text>[^\]]+)\]\([^)]+\)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
