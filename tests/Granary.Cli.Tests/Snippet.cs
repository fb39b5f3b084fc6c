using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>A fenced block of code in a document.</summary>
/// <param name="Place">The document and the line of the fence.</param>
internal sealed record Snippet(string Place, string Language, string Text)
{
    private static readonly JsonNodeOptions s_nodes = new();
    private static readonly JsonDocumentOptions s_comments = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The documents of the repository, as paths from its root.</summary>
    public static IReadOnlyList<string> Documents { get; } = [.. Directory.EnumerateFiles(SharedData.RepositoryRoot, "*.md")
        .Concat(Under("docs")).Concat(Under("src")).Concat(Under("samples")).Concat(Under("clients"))
        .Select(f => Path.GetRelativePath(SharedData.RepositoryRoot, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>The snippets of all documents in one of the languages.</summary>
    public static IEnumerable<Snippet> All(params string[] languages) => Documents
        .SelectMany(d => In(d, File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, d)))).Where(s => languages.Contains(s.Language));

    /// <summary>The snippets of a document.</summary>
    public static IEnumerable<Snippet> In(string document, string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal)) continue;
            var start = i;
            while (++i < lines.Length && !lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal)) { }
            yield return new($"{document}:{start + 1}", lines[start].Trim().Trim('`'), string.Join('\n', lines[(start + 1)..i]));
        }
    }

    /// <summary>The JSON of the text; of a part of a file, the object with its keys.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public JsonNode? ToJson() => JsonNode.Parse(Text.TrimStart().StartsWith('"') ? $"{{{Text}\n}}" : Text, s_nodes, s_comments);

    private static IEnumerable<string> Under(string folder) => Directory
        .EnumerateDirectories(Path.Combine(SharedData.RepositoryRoot, folder))
        .Where(d => Path.GetFileName(d) is not ("bin" or "obj" or "node_modules" or "dist"))
        .SelectMany(d => Under(Path.Combine(folder, Path.GetFileName(d))))
        .Concat(Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, folder), "*.md"));
}
