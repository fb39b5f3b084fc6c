namespace Granary.Deployment.Tests.Bicep;

/// <summary>
/// The errors that a compiler would report: undeclared names, resources against Azure's types, calls of modules against their parameters
/// and outputs.
/// </summary>
internal sealed class BicepChecker(BicepFile file, string schemas, Func<string, Task<BicepFile>> module)
{
    /// <summary>Properties that belong to Bicep, not to the resource.</summary>
    private static readonly string[] Own = ["parent", "scope", "dependsOn"];

    private static readonly string[] Functions =
    [
        "resourceGroup", "subscription", "subscriptionResourceId", "uniqueString", "guid", "concat", "string", "json", "empty", "replace",
        "take", "toLower", "format", "listKeys",
    ];

    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        var faults = new List<string>();
        faults.AddRange(UnknownNames());
        foreach (var resource in file.Resources.Values) CheckResource(resource, faults);
        foreach (var call in file.Modules.Values) await CheckModuleAsync(call, faults);
        await CheckOutputsOfModulesAsync(faults);
        foreach (var (name, parameter) in file.Parameters)
            if (!file.Root.All.Any(n => n.Kind == "identifier" && n.Text == name && !ReferenceEquals(n, parameter.Children[0])))
                faults.Add($"line {parameter.Line}: the parameter '{name}' is used nowhere");
        return faults;
    }

    private IEnumerable<string> UnknownNames()
    {
        var known = file.Parameters.Keys.Concat(file.Variables.Keys).Concat(file.Resources.Keys).Concat(file.Modules.Keys)
            .Concat(file.Outputs.Keys).Concat(Functions).ToHashSet(StringComparer.Ordinal);
        foreach (var declaration in file.Root.Children.Where(c => c.Kind.EndsWith("_declaration", StringComparison.Ordinal)))
            foreach (var name in Used(declaration.Children.SkipWhile(c => c.Kind == "identifier")))
                if (!known.Contains(name.Text)) yield return $"line {name.Line}: there is no declaration of '{name.Text}'";

        // keys of objects are names too, but not of anything that was declared
        static IEnumerable<Node> Used(IEnumerable<Node> nodes) => nodes.SelectMany(n => n.Kind switch
        {
            "identifier" => [n],
            "object_property" => Used(n.Children.Skip(1)),
            "type" => [],
            _ => Used(n.Children),
        });
    }

    private void CheckResource(Node resource, List<string> faults)
    {
        var type = BicepFile.Literal(resource.Children.First(c => c.Kind == "string"))!;
        if (AzureTypes.For(type, schemas) is not { } types || types.Body(type) is not { } body)
        {
            faults.Add($"line {resource.Line}: there is no resource type {type}");
            return;
        }
        foreach (var use in file.Root.All.Where(n => n.Kind == "member_expression"))
        {
            if (Chain(use) is not [var first, .. var members] || first != BicepFile.NameOf(resource) || members.Length == 0
                || members[0] == "listKeys") continue;
            if (!types.HasMember(body, members)) faults.Add($"line {use.Line}: {type} has no {string.Join('.', members)}");
        }
        if (resource.Children[^1] is not { Kind: "object" } value) return;
        if (resource.Text[..resource.Text.IndexOf('{')].Contains(" existing ", StringComparison.Ordinal)) return; // only its name is given
        var stripped = value
            with
        { Children = [.. value.Children.Where(c => c.Kind != "object_property" || !Own.Contains(c.Children[0].Text))] };
        faults.AddRange(types.Check(stripped, body, type.Split('@')[0].Split('/')[^1], Resolve));
    }

    private async Task CheckModuleAsync(Node call, List<string> faults)
    {
        var target = await module(BicepFile.Literal(call.Children.First(c => c.Kind == "string"))!);
        var given = BicepFile.Find(call.Children[^1], "params") is { } p
            ? BicepFile.Properties(p).ToDictionary(x => x.Name, x => x.Value, StringComparer.Ordinal) : [];
        foreach (var (name, value) in given)
        {
            if (!target.Parameters.TryGetValue(name, out var parameter))
            {
                faults.Add($"line {value.Line}: the module {target.Path} has no parameter '{name}'");
                continue;
            }
            if (KindOf(value) is { } kind && kind != BicepFile.TypeOf(parameter))
                faults.Add($"line {value.Line}: '{name}' is {BicepFile.TypeOf(parameter)}, not {kind}");
            if (value.Kind == "identifier" && file.Parameters.TryGetValue(value.Text, out var own) && BicepFile.IsSecure(file, own)
                && !BicepFile.IsSecure(target, parameter))
                faults.Add($"line {value.Line}: '{value.Text}' is a secret, and '{name}' of {target.Path} is not marked as one");
        }
        foreach (var (name, parameter) in target.Parameters)
            if (BicepFile.IsRequired(parameter) && !given.ContainsKey(name))
                faults.Add($"line {call.Line}: the module {target.Path} needs '{name}'");
    }

    private async Task CheckOutputsOfModulesAsync(List<string> faults)
    {
        foreach (var use in file.Root.All.Where(n => n.Kind == "member_expression"))
        {
            if (Chain(use) is not [var first, "outputs", var output] || !file.Modules.TryGetValue(first, out var call)) continue;
            var target = await module(BicepFile.Literal(call.Children.First(c => c.Kind == "string"))!);
            if (!target.Outputs.ContainsKey(output)) faults.Add($"line {use.Line}: the module {target.Path} has no output '{output}'");
        }
    }

    private Node? Resolve(Node value) => value.Kind == "identifier" && file.Variables.TryGetValue(value.Text, out var known) ? known
        : value.Kind == "identifier" && file.Parameters.TryGetValue(value.Text, out var parameter) ? Sample(parameter)
        : value.Kind == "unary_expression" && value.Text.StartsWith('!') ? new Node("boolean", value.Line, "true", [])
        : value.Kind == "call_expression"
            && value.Children[0].Text is "string" or "format" or "uniqueString" or "guid" or "take" or "replace" ? Text(value)
        : null;

    /// <summary>A parameter's type stands for its value.</summary>
    private static Node? Sample(Node parameter) => BicepFile.TypeOf(parameter) switch
    {
        "string" => Text(parameter),
        "int" => new Node("number", parameter.Line, "1", []),
        "bool" => new Node("boolean", parameter.Line, "true", []),
        _ => null,
    };

    // a text of which only its being a text is known
    private static Node Text(Node at) => new("string", at.Line, at.Text, [new Node("interpolation", at.Line, "", [])]);

    private string? KindOf(Node value) => value.Kind switch
    {
        "string" => "string",
        "number" => "int",
        "boolean" => "bool",
        "array" => "array",
        "object" => "object",
        "identifier" when file.Parameters.TryGetValue(value.Text, out var parameter) => BicepFile.TypeOf(parameter),
        "identifier" when file.Variables.TryGetValue(value.Text, out var variable) => KindOf(variable),
        _ => null,
    };

    /// <summary>a.b.c as its names; null where it begins with something else than a name.</summary>
    private static string[]? Chain(Node node) => node.Kind switch
    {
        "identifier" => [node.Text],
        "member_expression" when Chain(node.Children[0]) is { } before => [.. before, node.Children[1].Text],
        _ => null,
    };
}
