using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Contracts.Jobs;

/// <summary>
/// The JSON of the HTTP API and of the files of jobs: camelCase names, enumeration values in lower case with hyphens, UTC times. Null
/// values are left out, and a number is not written as text.
/// </summary>
public static class JobJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? null : AnalysisJson.Default,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
