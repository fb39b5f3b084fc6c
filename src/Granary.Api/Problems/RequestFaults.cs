using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Problems;

/// <summary>Describes faults of a request in the terms of the API, since the framework's messages name classes of the server.</summary>
internal static partial class RequestFaults
{
    public static string SentenceOf(BadHttpRequestException fault)
    {
        if (fault.InnerException is JsonException json) return SentenceOf(json);
        if (Unbound().Match(fault.Message) is { Success: true } unbound)
            return $"{unbound.Groups["name"].Value}: '{unbound.Groups["value"].Value}' is not a value of it; /openapi/v1.json has its type";
        if (Missing().Match(fault.Message) is { Success: true } missing)
            return $"{missing.Groups["name"].Value} is missing; /openapi/v1.json says where it is sent";
        return fault.Message.Contains("from the request body as JSON", StringComparison.Ordinal)
            ? "the body does not match the schema; /openapi/v1.json has its schema" : fault.Message;
    }

    private static string SentenceOf(JsonException fault)
    {
        var place = string.IsNullOrEmpty(fault.Path) || fault.Path == "$" ? "" : $" at {fault.Path.TrimStart('$', '.')}";
        var line = fault.LineNumber is { } number ? FormattableString.Invariant($", line {number + 1}") : "";
        // Messages of the JSON reader name no types; messages of the converters do.
        if (fault.InnerException is { } inner and not (InvalidOperationException or FormatException))
            return $"the body is not JSON{place}{line}: {inner.Message.Split(" LineNumber:")[0].Split(" | ")[0].TrimEnd('.')}";
        return Required().Match(fault.Message) is { Success: true } required
            ? $"the body does not match the schema{line}: {required.Groups["names"].Value.Replace('\'', ' ').Trim()} is missing"
            : $"the body does not match the schema: the value{place}{line} has another type than /openapi/v1.json says";
    }

    [GeneratedRegex("^Failed to bind parameter \"\\S+ (?<name>\\w+)\" from \"(?<value>.*)\"\\.$",
        RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Unbound();

    [GeneratedRegex("^Required parameter \"\\S+ (?<name>\\w+)\" was not provided", RegexOptions.NonBacktracking)]
    private static partial Regex Missing();

    [GeneratedRegex("missing required propert\\w+,? including:? (?<names>[^.]*)", RegexOptions.NonBacktracking)]
    private static partial Regex Required();
}
