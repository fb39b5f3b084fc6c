namespace Granary.Architecture.Tests.CodeBases;

/// <summary>A text for readers: Markdown, or a JSON schema in docs/.</summary>
public sealed class Document(string path, string text)
{
    public string Path { get; } = path;

    public IReadOnlyList<string> Lines { get; } = text.Split('\n');
}
