using System.Text.RegularExpressions;
using Granary.Testing;

namespace Granary.Tutorials.Tests;

/// <summary>The steps of a page in docs/tutorials or docs/howto, in its order.</summary>
/// <remarks>
/// Blocks of <c>sh</c> are commands. A block of <c>text</c> directly behind one, without a block between, is what they print. Every other
/// block is a file, whose name stands in the line above: <c>`batch.json`:</c>. A page has no other fenced blocks.
/// </remarks>
internal static partial class Page
{
    public static string Folder { get; } = Path.Combine(SharedData.RepositoryRoot, "docs");

    /// <summary>The pages of a folder of docs, as paths below docs.</summary>
    public static IEnumerable<string> In(string folder) => !Directory.Exists(Path.Combine(Folder, folder)) ? []
        : Directory.EnumerateFiles(Path.Combine(Folder, folder), "*.md").Select(f => $"{folder}/{Path.GetFileName(f)}")
            .Where(f => Path.GetFileName(f) is not ("index.md" or "README.md")).Order(StringComparer.Ordinal);

    public static string Read(string page) => File.ReadAllText(Path.Combine(Folder, page));

    /// <exception cref="FormatException">A block that is neither a command, an output nor a file; the message names the line.</exception>
    public static IReadOnlyList<PageStep> Steps(string text)
    {
        var steps = new List<PageStep>();
        var lines = text.Split('\n');
        var above = "";
        for (var i = 0; i < lines.Length; i++)
        {
            var fence = Fence().Match(lines[i]);
            if (!fence.Success)
            {
                if (lines[i].Trim().Length > 0) above = lines[i].Trim();
                continue;
            }
            var first = i + 1;
            for (i++; i < lines.Length && lines[i].TrimEnd() != "```"; i++) { }
            if (i == lines.Length) throw new FormatException($"line {first}: the block has no end");
            var body = string.Join('\n', lines[first..i]) + "\n";
            Add(steps, fence.Groups[1].Value, above, first, body);
            above = "";
        }
        return steps;
    }

    private static void Add(List<PageStep> steps, string language, string above, int line, string body)
    {
        switch (language)
        {
            case "sh":
                steps.Add(new PageStep(line, null, body, null));
                return;
            case "text" when steps is [.., { File: null, Output: null } command]:
                steps[^1] = command with { Output = body };
                return;
            default:
                var name = FileName().Match(above);
                if (!name.Success)
                    throw new FormatException($"line {line}: the line above this block of {language} does not end with `name`:");
                steps.Add(new PageStep(line, name.Groups[1].Value, body, null));
                return;
        }
    }

    [GeneratedRegex("^```(\\w*)\\s*$")]
    private static partial Regex Fence();

    [GeneratedRegex("`([\\w./-]+\\.\\w+)`:$")]
    private static partial Regex FileName();
}
