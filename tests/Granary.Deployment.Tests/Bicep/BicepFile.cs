using System.Text.Json;
using Granary.Testing;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>A node of the syntax tree, as the grammar gives it.</summary>
internal sealed record Node(string Kind, int Line, string Text, IReadOnlyList<Node> Children)
{
    public IEnumerable<Node> All => Children.SelectMany(c => c.All).Prepend(this);
}

/// <summary>One <c>.bicep</c> file, parsed with a real grammar.</summary>
internal sealed class BicepFile
{
    private static readonly string[] Packages = ["tree-sitter-bicep@1.1.0", "web-tree-sitter@0.27.1"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { MaxDepth = 256 };

    private sealed record Parsed(bool Broken, Node Root);

    private BicepFile(string path, Node root)
    {
        Path = path;
        Parameters = root.Children.Where(n => n.Kind == "parameter_declaration").ToDictionary(NameOf, n => n, StringComparer.Ordinal);
        Variables = root.Children.Where(n => n.Kind == "variable_declaration")
            .ToDictionary(NameOf, n => n.Children[^1], StringComparer.Ordinal);
        Resources = root.Children.Where(n => n.Kind == "resource_declaration").ToDictionary(NameOf, n => n, StringComparer.Ordinal);
        Modules = root.Children.Where(n => n.Kind == "module_declaration").ToDictionary(NameOf, n => n, StringComparer.Ordinal);
        Outputs = root.Children.Where(n => n.Kind == "output_declaration")
            .ToDictionary(NameOf, n => n.Children[^1], StringComparer.Ordinal);
        Root = root;
    }

    public string Path { get; }

    public Node Root { get; }

    public IReadOnlyDictionary<string, Node> Parameters { get; }

    /// <summary>Values by name.</summary>
    public IReadOnlyDictionary<string, Node> Variables { get; }

    public IReadOnlyDictionary<string, Node> Resources { get; }

    public IReadOnlyDictionary<string, Node> Modules { get; }

    public IReadOnlyDictionary<string, Node> Outputs { get; }

    internal static async Task<BicepFile> ParseAsync(string path)
    {
        var output = await NodeTools.RunAsync(System.IO.Path.Combine(AppContext.BaseDirectory, "Tools", "bicep.mjs"), Packages, path);
        var parsed = JsonSerializer.Deserialize<Parsed>(output, Json)!;
        if (parsed.Broken)
        {
            var at = parsed.Root.All.First(n => n.Kind is "ERROR" or "MISSING");
            throw new FormatException($"{path}, line {at.Line}: not Bicep: {at.Text}");
        }
        return new BicepFile(path, parsed.Root);
    }

    /// <summary>A parameter's type, as string, int, bool, object, array.</summary>
    public static string TypeOf(Node parameter) => parameter.Children.First(c => c.Kind == "type").Text;

    /// <summary>A parameter without a default must be given.</summary>
    public static bool IsRequired(Node parameter) => parameter.Children[^1].Kind == "type";

    public static bool IsSecure(BicepFile file, Node parameter)
    {
        // decorators stand before the declaration that they belong to
        var siblings = file.Root.Children.ToList();
        var at = siblings.IndexOf(parameter);
        return at > 0 && siblings[at - 1].Kind == "decorators" && siblings[at - 1].Children.Any(d => d.Text == "@secure()");
    }

    public static string NameOf(Node declaration) => declaration.Children.First(c => c.Kind == "identifier").Text;

    /// <summary>The value of a text without interpolation; null for anything else.</summary>
    public static string? Literal(Node node)
    {
        if (node.Kind != "string" || node.Children.Any(c => c.Kind == "interpolation")) return null;
        return string.Concat(node.Children.Select(c => c.Kind == "escape_sequence"
            ? c.Text switch { "\\n" => "\n", "\\t" => "\t", "\\r" => "\r", _ => c.Text[1..] } : c.Text));
    }

    /// <summary>Properties of an object, with the node of each; nested resources are not among them.</summary>
    public static IEnumerable<(string Name, Node Value, int Line)> Properties(Node @object)
    {
        foreach (var property in @object.Children.Where(c => c.Kind == "object_property"))
        {
            if (property.Children is [var key, var value])
                yield return (Literal(key) ?? (key.Kind == "identifier" ? key.Text : ""), value, property.Line);
        }
    }

    public static Node? Find(Node @object, string name) =>
        Properties(@object).Where(p => p.Name == name).Select(p => p.Value).FirstOrDefault();
}
