using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Testing;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using MergingParser = YamlDotNet.Core.MergingParser;

namespace Granary.Deployment.Tests.Compose;

/// <summary>A YAML file as JSON, anchors and merges resolved, as compose reads it.</summary>
internal static partial class ComposeFile
{
    public static JsonObject Read(string name)
    {
        return Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, name)));
    }

    public static JsonObject Parse(string text)
    {
        using var reader = new StringReader(text);
        var yaml = new YamlStream();
        yaml.Load(new MergingParser(new Parser(reader)));
        return (JsonObject)Convert(yaml.Documents[0].RootNode)!;
    }

    /// <summary>Puts values in for <c>${NAME}</c>, <c>${NAME:-default}</c> and <c>${NAME:?fault}</c>.</summary>
    /// <exception cref="InvalidOperationException">A variable that must be given is not.</exception>
    public static string Interpolate(string text, IReadOnlyDictionary<string, string> variables) => Variable().Replace(text, m =>
    {
        if (variables.GetValueOrDefault(m.Groups["name"].Value) is { Length: > 0 } value) return value;
        return m.Groups["kind"].Value switch
        {
            ":-" => m.Groups["rest"].Value,
            _ => throw new InvalidOperationException($"{m.Groups["name"].Value}: {m.Groups["rest"].Value}"),
        };
    });

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map =>
            new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Convert(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new FormatException($"unexpected YAML at {node.Start}"),
    };

    // the core schema's plain scalars
    private static JsonNode? Plain(string? text) => text switch
    {
        null or "" or "~" or "null" => null,
        "true" or "True" => JsonValue.Create(true),
        "false" or "False" => JsonValue.Create(false),
        _ when long.TryParse(text, out var whole) => JsonValue.Create(whole),
        _ => JsonValue.Create(text),
    };

    [GeneratedRegex(@"\$\{(?<name>\w+)(?:(?<kind>:-|:\?)(?<rest>[^}]*))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
