using System.Text.Json;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>
/// Azure's published description of the resource types of one provider and version: what Bicep's own compiler checks against.
/// </summary>
internal sealed class AzureTypes
{
    private const int Required = 1, ReadOnly = 2;

    private readonly JsonElement[] _types;
    private readonly Dictionary<string, int> _bodies;

    private AzureTypes(JsonElement[] types)
    {
        _types = types;
        _bodies = types.Where(t => Kind(t) == "ResourceType")
            .ToDictionary(t => t.GetProperty("name").GetString()!, t => Reference(t.GetProperty("body")), StringComparer.OrdinalIgnoreCase);
    }

    /// <param name="type">As Microsoft.App/containerApps@2025-07-01.</param>
    /// <returns>null where there is no description of that provider and version.</returns>
    public static AzureTypes? For(string type, string schemas)
    {
        var (provider, version) = (type.Split('/')[0].ToLowerInvariant(), type.Split('@')[^1]);
        var path = Path.Combine(schemas, $"{provider}@{version}.json");
        return File.Exists(path) ? new AzureTypes([.. JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray()]) : null;
    }

    public int? Body(string type) => _bodies.TryGetValue(type, out var body) ? body : null;

    /// <summary>All that is wrong with a value as one of this type, down to the leaves.</summary>
    /// <param name="resolve">Gives a variable's value for its name; null for what is known only when deployed.</param>
    public IEnumerable<string> Check(Node value, int type, string path, Func<Node, Node?> resolve)
    {
        if (CheckExpression(value, type, path, resolve) is { } faults) return faults;
        var description = _types[type];
        switch (Kind(description))
        {
            case "AnyType":
                return [];
            case "UnionType":
                var alternatives = description.GetProperty("elements").EnumerateArray()
                    .Select(e => Check(value, Reference(e), path, resolve).ToList()).ToList();
                return alternatives.Any(a => a.Count == 0) ? []
                    : [$"{path} (line {value.Line}): {value.Text} is none of "
                        + $"{string.Join(", ", description.GetProperty("elements").EnumerateArray().Select(e => Named(Reference(e))))}"];
            case "StringLiteralType":
                return value.Kind == "string" && (BicepFile.Literal(value) is not { } text
                    || text == description.GetProperty("value").GetString()) ? [] : [Wrong(value, type, path)];
            case "StringType":
                return value.Kind == "string" ? [] : [Wrong(value, type, path)];
            case "IntegerType":
                return value.Kind == "number" ? [] : [Wrong(value, type, path)];
            case "BooleanType":
                return value.Kind == "boolean" ? [] : [Wrong(value, type, path)];
            case "ArrayType":
                return value.Kind == "array" ? value.Children.SelectMany((c, i) => Check(c, Reference(description.GetProperty("itemType")),
                    $"{path}[{i}]", resolve)) : [Wrong(value, type, path)];
            case "DiscriminatedObjectType":
                if (value.Kind != "object") return [Wrong(value, type, path)];
                var key = description.GetProperty("discriminator").GetString()!;
                var chosen = BicepFile.Find(value, key) is { } node ? BicepFile.Literal(resolve(node) ?? node) : null;
                if (chosen is null || !description.GetProperty("elements").TryGetProperty(chosen, out var element))
                    return [$"{path} (line {value.Line}): {key} must be one "
                        + $"of {string.Join(", ", description.GetProperty("elements").EnumerateObject().Select(e => e.Name))}"];
                return CheckObject(value, [description.GetProperty("baseProperties"), _types[Reference(element)].GetProperty("properties")],
                    null, path, resolve);
            case "ObjectType":
                return value.Kind == "object"
                    ? CheckObject(value, [description.GetProperty("properties")],
                        description.TryGetProperty("additionalProperties", out var rest) && rest.ValueKind == JsonValueKind.Object
                            ? Reference(rest) : null, path, resolve)
                    : [Wrong(value, type, path)];
            default:
                return [$"{path}: the description has a {Kind(description)}, which this test does not know"];
        }
    }

    // Null where the value is no expression.
    private IEnumerable<string>? CheckExpression(Node value, int type, string path, Func<Node, Node?> resolve)
    {
        switch (value.Kind)
        {
            case "parenthesized_expression" when value.Children is [var inner]:
                return Check(inner, type, path, resolve);
            case "ternary_expression" when value.Children is [_, var yes, var no]:
                return Check(yes, type, path, resolve).Concat(Check(no, type, path, resolve));
            case "call_expression" when value.Children is [{ Text: "concat" }, var arguments]:
                return arguments.Children.SelectMany(a => Check(a, type, path, resolve));
            case "for_statement":
                return Kind(_types[type]) == "ArrayType"
                    ? Check(value.Children[^1], Reference(_types[type].GetProperty("itemType")), path + "[]", resolve)
                    : [$"{path} (line {value.Line}): a list is not a {Kind(_types[type])}"];
            case "identifier" or "member_expression" or "call_expression" or "unary_expression" or "binary_expression"
                or "subscript_expression":
                return resolve(value) is { } known && !ReferenceEquals(known, value) ? Check(known, type, path, resolve) : [];
            case "null":
                return [];
            default:
                return null;
        }
    }

    /// <summary>Whether a value of a type has such a member, written or read, as <c>.properties.loginServer</c>.</summary>
    public bool HasMember(int type, IEnumerable<string> members)
    {
        foreach (var member in members)
        {
            var description = _types[type];
            if (Kind(description) == "AnyType") return true;
            if (Kind(description) != "ObjectType") return false;
            if (description.GetProperty("properties").TryGetProperty(member, out var property))
                type = Reference(property.GetProperty("type"));
            else if (description.TryGetProperty("additionalProperties", out var rest) && rest.ValueKind == JsonValueKind.Object)
                type = Reference(rest);
            else return false;
        }
        return true;
    }

    private IEnumerable<string> CheckObject(Node value, JsonElement[] properties, int? rest, string path, Func<Node, Node?> resolve)
    {
        var known = properties.SelectMany(p => p.EnumerateObject()).ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, child, line) in BicepFile.Properties(value))
        {
            given.Add(name);
            if (!known.TryGetValue(name, out var property))
            {
                if (rest is { } other) foreach (var fault in Check(child, other, $"{path}.{name}", resolve)) yield return fault;
                else yield return $"{path} (line {line}): there is no property '{name}'; there are {string.Join(", ", known.Keys)}";
                continue;
            }
            if ((property.GetProperty("flags").GetInt32() & ReadOnly) != 0)
                yield return $"{path}.{name} (line {line}): Azure sets it; it cannot be given";
            else foreach (var fault in Check(child, Reference(property.GetProperty("type")), $"{path}.{name}", resolve)) yield return fault;
        }
        foreach (var (name, property) in known)
            if ((property.GetProperty("flags").GetInt32() & (Required | ReadOnly)) == Required && !given.Contains(name))
                yield return $"{path} (line {value.Line}): '{name}' is required";
    }

    private string Wrong(Node value, int type, string path) =>
        $"{path} (line {value.Line}): {(value.Text.Length > 40 ? value.Text[..40] + "…" : value.Text)} is not {Named(type)}";

    private string Named(int type) =>
        Kind(_types[type]) switch { "StringLiteralType" => $"'{_types[type].GetProperty("value").GetString()}'", var kind => kind };

    private static string Kind(JsonElement type) => type.GetProperty("$type").GetString()!;

    private static int Reference(JsonElement reference) => int.Parse(reference.GetProperty("$ref").GetString()!.AsSpan(2));
}
