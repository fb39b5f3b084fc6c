using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Api.Tests.Conformance;

namespace Granary.Api.Tests.Compatibility;

/// <summary>Compares the operations of two OpenAPI documents: what was removed, what became stricter, what was added.</summary>
internal sealed class ApiComparison(JsonElement before, JsonElement after)
{
    private static readonly string[] s_roles = ["none", "viewer", "submitter", "admin"];

    private readonly JsonSchema _before = new(before), _after = new(after);
    private readonly SchemaComparison _schemas = new(before, after);
    private readonly List<ApiChange> _changes = [];

    /// <summary>All differences, in the order of the older document.</summary>
    public static IReadOnlyList<ApiChange> Of(JsonElement before, JsonElement after) => new ApiComparison(before, after).Compare();

    private List<ApiChange> Compare()
    {
        var (old, now) = (Operations(before), Operations(after));
        foreach (var (place, operation) in old)
        {
            if (!now.TryGetValue(place, out var next)) Add(place, "the operation was removed", true);
            else Compare(place, operation, next);
        }
        foreach (var place in now.Keys.Except(old.Keys)) Add(place, "the operation was added", false);
        return _changes;
    }

    private void Compare(string place, JsonElement old, JsonElement now)
    {
        if (Text(old, "operationId") is var id && id != Text(now, "operationId"))
            Add(place, $"its name changed from {id} to {Text(now, "operationId")}", true);
        var (role, needed) = (Array.IndexOf(s_roles, Text(old, "x-role")), Array.IndexOf(s_roles, Text(now, "x-role")));
        if (needed > role) Add(place, $"it needs the role {s_roles[needed]}", true);
        CompareParameters(place, old, now);
        CompareBodies(place, old, now);
        var (answers, next) = (Part(old, "responses"), Part(now, "responses"));
        foreach (var answer in answers.Keys)
            if (!next.TryGetValue(answer, out var other)) Add($"{place} {answer}", "the status was removed", true);
            else CompareContent($"{place} {answer}", _before.Follow(answers[answer]), _after.Follow(other), isAnswer: true);
        foreach (var answer in next.Keys.Except(answers.Keys)) Add($"{place} {answer}", "the status was added", false);
    }

    private void CompareParameters(string place, JsonElement old, JsonElement now)
    {
        var (was, has) = (Parameters(old), Parameters(now));
        foreach (var (name, parameter) in was)
        {
            if (!has.TryGetValue(name, out var next)) Add(place, $"the parameter {name} was removed", true);
            else
            {
                if (IsTrue(next, "required") && !IsTrue(parameter, "required")) Add(place, $"the parameter {name} is now required", true);
                _changes.AddRange(_schemas.Compare($"{place} {name}", parameter.GetProperty("schema"), next.GetProperty("schema"), false));
            }
        }
        foreach (var (name, parameter) in has.Where(h => !was.ContainsKey(h.Key)))
            Add(place, $"the parameter {name} was added{(IsTrue(parameter, "required") ? " and is required" : "")}",
                IsTrue(parameter, "required"));
    }

    private void CompareBodies(string place, JsonElement old, JsonElement now)
    {
        var (was, has) = (old.TryGetProperty("requestBody", out var body), now.TryGetProperty("requestBody", out var next));
        if (was && has) CompareContent($"{place} body", body, next, isAnswer: false);
        else if (has && IsTrue(next, "required")) Add(place, "a body is now required", true);
        else if (was) Add(place, "the body was removed", true);
    }

    private void CompareContent(string place, JsonElement old, JsonElement now, bool isAnswer)
    {
        var (was, has) = (Part(old, "content"), Part(now, "content"));
        foreach (var (type, media) in was)
        {
            if (!has.TryGetValue(type, out var next)) Add(place, $"the media type {type} was removed", true);
            else if (media.TryGetProperty("schema", out var schema) && next.TryGetProperty("schema", out var other))
                _changes.AddRange(_schemas.Compare(place, schema, other, isAnswer));
        }
        foreach (var type in has.Keys.Except(was.Keys)) Add(place, $"the media type {type} was added", false);
    }

    // The names of the variables of a path are none of a caller's business.
    private static Dictionary<string, JsonElement> Operations(JsonElement document) => document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Where(o => o.Value.TryGetProperty("responses", out _))
            .Select(o => ($"{o.Name.ToUpperInvariant()} {Regex.Replace(path.Name, @"\{[^}]+\}", "{}")}", o.Value)))
        .ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var all)
            ? all.EnumerateArray().Where(p => Text(p, "in") != "path").ToDictionary(p => $"{Text(p, "name")} ({Text(p, "in")})",
                StringComparer.Ordinal) : [];

    private static Dictionary<string, JsonElement> Part(JsonElement of, string name) => of.TryGetProperty(name, out var part)
        ? part.EnumerateObject().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal) : [];

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static bool IsTrue(JsonElement of, string name) => of.TryGetProperty(name, out var yes) && yes.GetBoolean();

    private void Add(string place, string what, bool isBreaking) => _changes.Add(new ApiChange(place, what, isBreaking));
}
