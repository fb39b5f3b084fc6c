using System.Text.Json;

namespace Granary.Api.Tests.ClientCode;

/// <summary>Writes the class of a tag: a method for each of its operations.</summary>
internal sealed class OperationWriter(SchemaTypes types)
{
    public const string Room = "Operations";

    private const int MostParameters = 7;

    private sealed record Parameter(string Name, string Type, string? Text, string In, string Wire, bool IsOptional)
    {
        /// <summary>The parameters within a record of parameters.</summary>
        public IReadOnlyList<Parameter> Parts { get; init; } = [];

        public string Declared => IsOptional ? $"{Type}? {Name} = null" : $"{Type} {Name}";
    }

    private sealed record Operation(string Verb, string Path, JsonElement Json)
    {
        public string Id => Json.GetProperty("operationId").GetString()!;
    }

    /// <summary>The name of a tag's class.</summary>
    public static string ClassOf(string tag) => tag + "Api";

    /// <summary>The class of a tag, and records of the parameters of operations that have many.</summary>
    public IEnumerable<(string Name, string Text)> Write(string tag, IEnumerable<(string Path, string Verb, JsonElement Json)> operations)
    {
        var body = new CSharpText();
        foreach (var (path, verb, json) in operations)
        {
            var operation = new Operation(verb, path, json);
            var parameters = ParametersOf(operation).ToList();
            if (parameters.Count + 1 > MostParameters)
            {
                var name = CSharpText.Pascal(operation.Id) + "Query";
                var query = parameters.Where(p => p.In == "query").ToList();
                yield return (name, QueryRecord(name, query));
                parameters = [.. parameters.Where(p => p.In != "query"), new("query", name, null, "record", "", false) { Parts = query }];
            }
            foreach (var (type, wire) in BodiesOf(operation)) Method(body, operation, parameters, type, wire);
        }
        var text = body.ToString().TrimEnd();
        var head = new CSharpText().Line(ClientSource.Head);
        if (text.Contains("JsonElement", StringComparison.Ordinal)) head.Line("using System.Text.Json;");
        head.Line("using Granary.Client.Connections;");
        head.Line("using Granary.Client.Schemas;");
        yield return (ClassOf(tag), head.Line().Line($"namespace Granary.Client.{Room};").Line()
            .Line($"/// <summary>The operations of {tag}.</summary>").Line($"public sealed class {ClassOf(tag)}").Line("{")
            .Line("    private readonly ApiConnection _connection;").Line()
            .Line($"    internal {ClassOf(tag)}(ApiConnection connection) => _connection = connection;").Line() + text + "\n}\n");
    }

    private static string QueryRecord(string name, IEnumerable<Parameter> parameters)
    {
        var text = new CSharpText().Line(ClientSource.Head).Line($"namespace Granary.Client.{Room};").Line()
            .Line($"/// <summary>The parameters of the query of {name[..^"Query".Length]}.</summary>")
            .Line($"public sealed record {name}").Line("{");
        foreach (var p in parameters)
        {
            var type = p.IsOptional ? p.Type + "?" : "required " + p.Type;
            text.Comment("    ", "summary", p.Text).Line($"    public {type} {CSharpText.Pascal(p.Name)} {{ get; init; }}").Line();
        }
        return text.ToString().TrimEnd() + "\n}\n";
    }

    private IEnumerable<Parameter> ParametersOf(Operation operation)
    {
        if (!operation.Json.TryGetProperty("parameters", out var parameters)) return [];
        return parameters.EnumerateArray().Select(p =>
        {
            var (wire, place, schema) = (p.GetProperty("name").GetString()!, p.GetProperty("in").GetString()!, p.GetProperty("schema"));
            var isRequired = p.TryGetProperty("required", out var needed) && needed.GetBoolean();
            return new Parameter(CSharpText.Camel(wire), types.Of(schema, wire), SchemaTypes.Text(p, "description"), place, wire,
                !isRequired);
        }).OrderBy(p => p.IsOptional);
    }

    // The types of the body: the schema of its JSON, and the content as it is where other media types are possible.
    private IEnumerable<(string? Type, string Call)> BodiesOf(Operation operation)
    {
        if (!operation.Json.TryGetProperty("requestBody", out var body))
        {
            yield return (null, "");
            yield break;
        }
        var content = body.GetProperty("content").EnumerateObject().ToList();
        var json = content.FirstOrDefault(c => c.Name == "application/json");
        var type = json.Value.ValueKind == JsonValueKind.Object && json.Value.TryGetProperty("schema", out var schema)
            ? types.Of(schema, CSharpText.Pascal(operation.Id) + "Body") : "JsonElement";
        if (type != "JsonElement") yield return (type, ".Json(body)");
        if (content.Count > 1 || type == "JsonElement") yield return ("HttpContent", ".Body(body)");
    }

    private void Method(CSharpText text, Operation operation, IReadOnlyList<Parameter> parameters, string? bodyType, string bodyCall)
    {
        var (type, call) = AnswerOf(operation);
        text.Comment("    ", "summary", SchemaTypes.Text(operation.Json, "summary"));
        text.Comment("    ", "remarks", SchemaTypes.Text(operation.Json, "description"));
        foreach (var p in parameters) text.Comment("    ", $"param name=\"{p.Name}\"", p.Text);
        if (bodyType is not null) text.Comment("    ", "param name=\"body\"", BodyText(operation, bodyType));
        text.Line("    /// <exception cref=\"ApiException\">The server refused it.</exception>");
        List<string> declared = [.. parameters.Where(p => !p.IsOptional).Select(p => p.Declared)];
        if (bodyType is not null) declared.Add($"{bodyType} body");
        declared.AddRange(parameters.Where(p => p.IsOptional).Select(p => p.Declared));
        declared.Add("CancellationToken cancellationToken = default) =>");
        text.Wrap($"    public {type} {CSharpText.Pascal(operation.Id)}Async(", "        ", declared, ", ");
        List<string> chain =
            [$"_connection.{call}(", $"new ApiRequest(HttpMethod.{CSharpText.Pascal(operation.Verb)}, ", $"{PathOf(operation)})"];
        chain.AddRange(parameters.SelectMany(Calls));
        if (bodyType is not null) chain.Add(bodyCall);
        chain[^1] += ",";
        chain.Add(" cancellationToken);");
        text.Wrap("        ", "            ", chain, "").Line();
    }

    private static string BodyText(Operation operation, string bodyType)
    {
        var text = SchemaTypes.Text(operation.Json.GetProperty("requestBody"), "description");
        if (bodyType != "HttpContent") return text ?? "";
        var media = string.Join(", ", operation.Json.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(c =>
            c.Name));
        return $"{text} Its media type is one of {media}.".TrimStart();
    }

    private static IEnumerable<string> Calls(Parameter p) => p.In switch
    {
        "query" => [$".Query(\"{p.Wire}\", {p.Name})"],
        "header" => [$".Header(\"{p.Wire}\", {p.Name})"],
        "record" => p.Parts.Select(part => $".Query(\"{part.Wire}\", {p.Name}.{CSharpText.Pascal(part.Name)})"),
        _ => [],
    };

    // The answer that a success has, and the connection's method that reads it.
    private (string Type, string Call) AnswerOf(Operation operation)
    {
        var answers = operation.Json.GetProperty("responses").EnumerateObject().Where(r => r.Name[0] == '2').Select(r => r.Value).ToList();
        if (!answers[0].TryGetProperty("content", out var content)) return ("Task", "SendAsync");
        if (content.TryGetProperty("text/event-stream", out var events))
        {
            var item = types.Of(events.GetProperty("schema"), operation.Id);
            return ($"IAsyncEnumerable<{item}>", $"WatchAsync<{item}>");
        }
        var json = content.EnumerateObject().FirstOrDefault(c => c.Name.EndsWith("json", StringComparison.Ordinal));
        if (json.Value.ValueKind != JsonValueKind.Object || content.TryGetProperty("application/octet-stream", out _))
            return ("Task<ApiFile>", "OpenAsync");
        var type = types.Of(json.Value.GetProperty("schema"), CSharpText.Pascal(operation.Id) + "Answer");
        var hasHeaders = answers[0].TryGetProperty("headers", out var headers) && (headers.TryGetProperty("ETag", out _)
            || headers.TryGetProperty("Link", out _) && type.StartsWith("IReadOnlyList", StringComparison.Ordinal));
        return hasHeaders ? ($"Task<ApiAnswer<{type}>>", $"ReadAnswerAsync<{type}>") : ($"Task<{type}>", $"ReadAsync<{type}>");
    }

    private static string PathOf(Operation operation)
    {
        var path = operation.Path.TrimStart('/');
        if (!path.Contains('{', StringComparison.Ordinal)) return $"\"{path}\"";
        return "$\"" + System.Text.RegularExpressions.Regex.Replace(path, @"\{([^}]+)\}",
            m => $"{{ApiRequest.Segment({CSharpText.Camel(m.Groups[1].Value)})}}") + "\"";
    }
}
