namespace Granary.Architecture.Tests.CodeBases;

/// <summary>The texts of a repository that the rules read: sources, project files and documents.</summary>
public sealed class CodeBase
{
    private CodeBase(IEnumerable<KeyValuePair<string, string>> texts)
    {
        var all = texts.OrderBy(text => text.Key, StringComparer.Ordinal).ToList();
        var sources = all.Where(text => Has(text.Key, ".cs")).AsParallel().AsOrdered();
        Sources = [.. sources.Select(text => new SourceFile(text.Key, text.Value))];
        ProjectFiles = [.. all.Where(text => Has(text.Key, ".csproj")).Select(text => new ProjectFile(text.Key, text.Value))];
        SharedProperties = [.. all.Where(text => Has(text.Key, ".props")).Select(text => new ProjectFile(text.Key, text.Value))];
        var documents = all.Where(text => Has(text.Key, ".md") || Has(text.Key, ".json"));
        Documents = [.. documents.Select(text => new Document(text.Key, text.Value))];
    }

    public IReadOnlyList<SourceFile> Sources { get; }

    public IReadOnlyList<ProjectFile> ProjectFiles { get; }

    /// <summary>Directory.Build.props and Directory.Packages.props.</summary>
    public IReadOnlyList<ProjectFile> SharedProperties { get; }

    public IReadOnlyList<Document> Documents { get; }

    public static CodeBase Of(params (string Path, string Text)[] texts) =>
        new(texts.Select(text => KeyValuePair.Create(text.Path, text.Text)));

    public static CodeBase Read(string root)
    {
        string[] trees = ["src", "tests", "samples", "docs", "clients"];
        var files = trees.Where(tree => Directory.Exists(Path.Combine(root, tree)))
            .SelectMany(tree => FilesUnder(Path.Combine(root, tree)))
            .Concat(Directory.EnumerateFiles(root, "*.md"))
            .Concat(Directory.EnumerateFiles(root, "*.props"))
            .Select(file => (File: file, Path: Path.GetRelativePath(root, file).Replace('\\', '/')))
            .Where(file => IsRead(file.Path));
        return new(files.Select(file => KeyValuePair.Create(file.Path, File.ReadAllText(file.File))));
    }

    public ProjectFile? ProjectOf(SourceFile file) =>
        ProjectFiles.Where(project => file.IsUnder(project.Folder)).MaxBy(project => project.Folder.Length);

    // Of JSON only the documents: a test's data holds words that are not text.
    private static bool IsRead(string path) =>
        Has(path, ".cs") || Has(path, ".csproj") || Has(path, ".props") || Has(path, ".md")
        || (Has(path, ".json") && path.StartsWith("docs/", StringComparison.Ordinal));

    private static bool Has(string path, string extension) => path.EndsWith(extension, StringComparison.Ordinal);

    private static IEnumerable<string> FilesUnder(string folder) =>
        Directory.EnumerateDirectories(folder)
            .Where(inner => Path.GetFileName(inner) is not ("bin" or "obj" or "node_modules" or "dist"))
            .SelectMany(FilesUnder)
            .Concat(Directory.EnumerateFiles(folder));
}
